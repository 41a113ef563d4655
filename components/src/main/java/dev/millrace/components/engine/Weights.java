package dev.millrace.components.engine;

import ai.djl.nn.Parameter;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.millrace.components.checkpoint.ElementType;
import dev.millrace.components.checkpoint.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Parameters' values in direct memory, once for all programs, lanes and revisions that use them.
 * Read by any thread; {@link #retain} and {@link #release} count the detectors that hold it, and
 * the last one closes. A value may belong to the weights of several revisions, whose parameters of
 * that name it fills.
 */
final class Weights {

  /** One parameter's values and what ONNX Runtime sees of them. */
  private static final class Value {
    private final ByteBuffer data;
    private @Nullable OnnxTensor tensor;
    private int owners = 1;

    Value(Tensor from) {
      ByteBuffer there = from.data();
      if (from.type() == ElementType.FLOAT32
          && there.isDirect()
          && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
        data = there;
        return;
      }
      ByteBuffer direct =
          ByteBuffer.allocateDirect(Math.toIntExact(4 * from.elements()))
              .order(ByteOrder.nativeOrder());
      from.copyTo(direct.asFloatBuffer());
      data = direct.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    ByteBuffer view() {
      return data.duplicate().order(ByteOrder.nativeOrder());
    }

    synchronized Value own() {
      owners++;
      return this;
    }

    synchronized OnnxTensor tensor(long[] shape) {
      if (tensor == null) {
        try {
          tensor =
              OnnxTensor.createTensor(
                  OrtEnvironment.getEnvironment(), view().asFloatBuffer(), shape);
          Natives.created();
        } catch (OrtException e) {
          throw new IllegalStateException("cannot hand a parameter to ONNX Runtime", e);
        }
      }
      return tensor;
    }

    synchronized void disown() {
      if (--owners == 0 && tensor != null) {
        tensor.close();
        tensor = null;
        Natives.closed();
      }
    }
  }

  private final Map<Parameter, Value> values = new HashMap<>();
  private final AtomicInteger holders = new AtomicInteger(1);

  Weights(Map<Parameter, Tensor> parameters) {
    parameters.forEach((parameter, tensor) -> values.put(parameter, new Value(tensor)));
  }

  /**
   * @param parameters filled from tensors
   * @param same filled with what the earlier weights have for another parameter of the same shape
   * @param earlier held by the caller during the call
   */
  Weights(Map<Parameter, Tensor> parameters, Map<Parameter, Parameter> same, Weights earlier) {
    this(parameters);
    same.forEach((parameter, before) -> values.put(parameter, earlier.value(before).own()));
  }

  /** Whether these are the values of these parameters and of no others. */
  boolean hasExactly(Collection<Parameter> parameters) {
    return values.keySet().equals(new HashSet<>(parameters));
  }

  boolean has(Parameter parameter) {
    return values.containsKey(parameter);
  }

  private Value value(Parameter parameter) {
    Value value = values.get(parameter);
    if (value == null) {
      throw new IllegalStateException("no value for the parameter " + parameter.getName());
    }
    return value;
  }

  /** The values, float32, native order, read-only. */
  ByteBuffer get(Parameter parameter) {
    return value(parameter).view();
  }

  OnnxTensor tensor(Parameter parameter) {
    return value(parameter).tensor(parameter.getShape().getShape());
  }

  long bytes() {
    return values.values().stream().mapToLong(value -> value.data.capacity()).sum();
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
      values.values().forEach(Value::disown);
    }
  }
}
