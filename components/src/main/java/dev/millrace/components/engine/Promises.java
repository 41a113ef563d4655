package dev.millrace.components.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ConfigException;
import dev.millrace.components.trace.Trace;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Sees whether graphs from files give the shapes that were said of them, by running them alone over
 * black images: what comes after them would fail in other words, or not at all.
 */
final class Promises {

  private Promises() {}

  /**
   * @throws ConfigException where one does not hold, or ONNX Runtime cannot run the graph
   */
  static void prove(Trace trace, Map<String, Part.Spec> inputs, Weights weights, Target target) {
    List<Trace.Promise> promises = trace.promises();
    String where = promises.get(0).where();
    try (Program program = program(trace, where, weights, target);
        NDManager manager = program.manager().newSubManager()) {
      NDList arrays = new NDList();
      inputs.forEach(
          (name, spec) -> {
            HostArray zeros = HostArray.zeros(spec.type(), spec.shape());
            NDArray array = manager.create(zeros.data(), zeros.shape(), zeros.type());
            array.setName(name);
            arrays.add(array);
          });
      Map<String, NDArray> found = program.run(arrays, manager);
      for (int i = 0; i < promises.size(); i++) {
        NDArray shape = found.get(Trace.promiseName(i));
        if (shape == null) {
          throw new IllegalStateException("ONNX Runtime gave no shape");
        }
        compare(promises.get(i), shape);
      }
    } catch (ConfigException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ConfigException(
          where,
          "ONNX Runtime cannot run the graph over " + shapes(inputs) + ": " + reason(e) + ".",
          "If it takes one image at a time, set oneByOne: true; else export it with free axes, or"
              + " give it the size that it was exported with.");
    }
  }

  private static Program program(Trace trace, String where, Weights weights, Target target) {
    try {
      return new Program(trace.promisesAlone(), new BitSet(), weights, target);
    } catch (RuntimeException e) {
      throw new ConfigException(
          where,
          "ONNX Runtime refuses the graph: " + reason(e) + ".",
          "Export a graph that ONNX Runtime runs by itself.");
    }
  }

  /** What ONNX Runtime said, on one line. */
  private static String reason(Throwable e) {
    Throwable first = e;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return String.valueOf(first.getMessage()).strip().replaceAll("\\s+", " ");
  }

  private static List<Shape> shapes(Map<String, Part.Spec> inputs) {
    return inputs.values().stream().map(Part.Spec::shape).toList();
  }

  private static void compare(Trace.Promise promise, NDArray found) {
    List<Long> dims = new ArrayList<>();
    var longs = found.toByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
    while (longs.hasRemaining()) {
      dims.add(longs.get());
    }
    Shape shape = new Shape(dims);
    if (!shape.equals(promise.shape())) {
      throw new ConfigException(
          promise.where(),
          "'"
              + promise.what()
              + "' of the graph has the shape "
              + shape
              + ", expected "
              + promise.shape()
              + ".",
          "Correct what is said of it; where only the number of images differs, set oneByOne:"
              + " true.");
    }
  }
}
