package dev.millrace.components.engine;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.millrace.components.trace.OnnxWriter;
import dev.millrace.components.trace.Trace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trace that DJL's OnnxRuntime engine runs. Some of its constants may be inputs. Confined to its
 * lane's thread.
 */
final class Program implements AutoCloseable {

  private final Trace trace;
  private final BitSet open;
  private final SessionOptions options;
  private final Model model;
  private final ParameterStore none;

  /**
   * @param open indices of the constants that are inputs
   */
  Program(Trace trace, BitSet open, Weights weights, Target target) {
    this.trace = trace;
    this.open = open;
    Engines.onnxRuntime();
    options = options(target);
    model = Model.newInstance("segment", Device.cpu(), "OnnxRuntime");
    Natives.created();
    boolean complete = false;
    try {
      Map<String, OnnxTensorLike> initializers = new HashMap<>();
      for (Map.Entry<Parameter, Integer> parameter : trace.parameters().entrySet()) {
        initializers.put(
            OnnxWriter.parameterName(parameter.getValue()), weights.tensor(parameter.getKey()));
      }
      options.addExternalInitializers(initializers);
      model.load(
          new ByteArrayInputStream(OnnxWriter.write(trace, open, target.half())),
          Map.of("sessionOptions", options));
      complete = true;
    } catch (OrtException | IOException | ai.djl.MalformedModelException e) {
      throw refused(e);
    } finally {
      if (!complete) {
        close();
      }
    }
    none = new ParameterStore(model.getNDManager(), false);
  }

  private static SessionOptions options(Target target) {
    try {
      return target.sessionOptions();
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  private static IllegalStateException refused(Exception e) {
    return new IllegalStateException("ONNX Runtime refused a traced segment: " + e.getMessage(), e);
  }

  Trace trace() {
    return trace;
  }

  /** Indices of the constants that are inputs. */
  BitSet open() {
    return open;
  }

  /** Makes arrays that this program reads. */
  NDManager manager() {
    return model.getNDManager();
  }

  /**
   * @param inputs named arrays of this program's engine
   * @param manager holds the results
   */
  Map<String, NDArray> run(NDList inputs, NDManager manager) {
    NDList results = model.getBlock().forward(none, inputs, false);
    results.attach(manager);
    Map<String, NDArray> byName = new LinkedHashMap<>();
    results.forEach(array -> byName.put(array.getName(), array));
    return byName;
  }

  @Override
  public void close() {
    try {
      model.close();
    } finally {
      options.close();
      Natives.closed();
    }
  }
}
