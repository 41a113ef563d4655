package dev.millrace.components.engine;

import ai.djl.nn.Parameter;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.millrace.components.checkpoint.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Parameters' values in direct memory, once for all programs, lanes and revisions that use them.
 * Read by any thread; {@link #retain} and {@link #release} count the detectors that hold it, and
 * the last one closes.
 */
final class Weights {

  private final Map<Parameter, ByteBuffer> values = new HashMap<>();
  private final Map<Parameter, OnnxTensor> tensors = new ConcurrentHashMap<>();
  private final AtomicInteger holders = new AtomicInteger(1);

  Weights(Map<Parameter, Tensor> parameters) {
    parameters.forEach(
        (parameter, tensor) -> {
          ByteBuffer direct =
              ByteBuffer.allocateDirect(Math.toIntExact(4 * tensor.elements()))
                  .order(ByteOrder.nativeOrder());
          direct.asFloatBuffer().put(tensor.floats());
          values.put(parameter, direct.asReadOnlyBuffer().order(ByteOrder.nativeOrder()));
        });
  }

  /** Whether these are the values of these parameters and of no others. */
  boolean hasExactly(Collection<Parameter> parameters) {
    return values.keySet().equals(new HashSet<>(parameters));
  }

  /** The values, float32, native order, read-only. */
  ByteBuffer get(Parameter parameter) {
    ByteBuffer value = values.get(parameter);
    if (value == null) {
      throw new IllegalStateException("no value for the parameter " + parameter.getName());
    }
    return value.duplicate().order(ByteOrder.nativeOrder());
  }

  OnnxTensor tensor(Parameter parameter) {
    return tensors.computeIfAbsent(parameter, this::wrap);
  }

  private OnnxTensor wrap(Parameter parameter) {
    try {
      OnnxTensor tensor =
          OnnxTensor.createTensor(
              OrtEnvironment.getEnvironment(),
              get(parameter).asFloatBuffer(),
              parameter.getShape().getShape());
      Natives.created();
      return tensor;
    } catch (OrtException e) {
      throw new IllegalStateException("cannot hand a parameter to ONNX Runtime", e);
    }
  }

  long bytes() {
    return values.values().stream().mapToLong(ByteBuffer::capacity).sum();
  }

  /** Holds them, unless they are closed already. */
  boolean tryRetain() {
    return holders.updateAndGet(n -> n == 0 ? 0 : n + 1) > 0;
  }

  Weights retain() {
    holders.incrementAndGet();
    return this;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      tensors
          .values()
          .forEach(
              tensor -> {
                tensor.close();
                Natives.closed();
              });
      tensors.clear();
    }
  }
}
