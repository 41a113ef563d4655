package dev.millrace.components.engine;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Checkpoint;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Loads a checkpoint as a server does, from the file to the weights that its programs use, and says
 * what memory that took: parameters, bytes of weights, peak of the heap, direct memory in the end.
 */
final class LoadOnce {

  private LoadOnce() {}

  public static void main(String[] arguments) {
    Checkpoint checkpoint = Checkpoints.read(Path.of(arguments[0]));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    checkpoint.parameters().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    CheckpointLoader.match(shapes, checkpoint, List.of(), List.of(), Set.of())
        .orThrow("model.weights")
        .matched()
        .forEach((name, tensor) -> values.put(parameter(name, tensor), tensor));
    Weights weights = new Weights(values);
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        heap += pool.getPeakUsage().getUsed();
      }
    }
    long direct = 0;
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        direct = pool.getMemoryUsed();
      }
    }
    System.out.println(values.size() + " " + weights.bytes() + " " + heap + " " + direct);
  }

  private static Parameter parameter(String name, Tensor tensor) {
    return Parameter.builder()
        .setName(name)
        .setType(Parameter.Type.WEIGHT)
        .optShape(new Shape(tensor.shape()))
        .build();
  }
}
