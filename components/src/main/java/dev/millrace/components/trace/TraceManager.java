package dev.millrace.components.trace;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link NDManager} of a trace: arrays made from Java values become its constants. Holds
 * nothing native. A proxy, since of the interface's hundred methods all but these are conveniences
 * over them, or random.
 */
final class TraceManager implements InvocationHandler {

  private final Trace trace;

  private TraceManager(Trace trace) {
    this.trace = trace;
  }

  static NDManager of(Trace trace) {
    return (NDManager)
        Proxy.newProxyInstance(
            NDManager.class.getClassLoader(),
            new Class<?>[] {NDManager.class},
            new TraceManager(trace));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object[] a = arguments == null ? new Object[0] : arguments;
    switch (method.getName()) {
      case "create":
        if (a.length == 3 && a[0] instanceof Buffer data) {
          return constant(data, (Shape) a[1], (DataType) a[2]);
        }
        break;
      case "full":
        return full(
            (Shape) a[0],
            ((Number) a[1]).floatValue(),
            a.length > 2 ? (DataType) a[2] : DataType.FLOAT32);
      case "zeros":
        return full((Shape) a[0], 0, a.length > 1 ? (DataType) a[1] : DataType.FLOAT32);
      case "ones":
        return full((Shape) a[0], 1, a.length > 1 ? (DataType) a[1] : DataType.FLOAT32);
      case "arange":
        if (a.length == 4 && a[0] instanceof Float start) {
          return arange(start, (Float) a[1], (Float) a[2], (DataType) a[3]);
        }
        break;
      case "newSubManager", "getParentManager":
        return proxy;
      case "getDevice", "defaultDevice":
        return Device.cpu();
      case "isOpen":
        return true;
      case "getName", "toString":
        return "trace";
      case "hashCode":
        return System.identityHashCode(proxy);
      case "equals":
        return proxy == a[0];
      case "close",
      "attachInternal",
      "detachInternal",
      "tempAttachInternal",
      "attachUncappedInternal":
        return null;
      default:
        break;
    }
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, a);
    }
    throw new NotTraceableException(method.getName());
  }

  private NDArray constant(Buffer data, Shape shape, DataType type) {
    int bytes = Math.toIntExact(shape.size() * type.getNumOfBytes());
    ByteBuffer copy = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    if (data instanceof FloatBuffer floats) {
      copy.asFloatBuffer().put(floats.duplicate());
    } else if (data instanceof LongBuffer longs) {
      copy.asLongBuffer().put(longs.duplicate());
    } else if (data instanceof IntBuffer ints) {
      copy.asIntBuffer().put(ints.duplicate());
    } else if (data instanceof DoubleBuffer doubles) {
      copy.asDoubleBuffer().put(doubles.duplicate());
    } else if (data instanceof ByteBuffer raw) {
      copy.duplicate().put(raw.duplicate());
    } else {
      throw new NotTraceableException("create from " + data.getClass().getSimpleName());
    }
    return trace.constant(copy, shape, type);
  }

  private NDArray full(Shape shape, float value, DataType type) {
    return constant(FloatBuffer.wrap(new float[] {value}), new Shape(1), DataType.FLOAT32)
        .toType(type, false)
        .broadcast(shape);
  }

  private NDArray arange(float start, float stop, float step, DataType type) {
    int count = Math.max(0, (int) Math.ceil((stop - start) / (double) step));
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = start + i * step;
    }
    return constant(FloatBuffer.wrap(values), new Shape(count), DataType.FLOAT32)
        .toType(type, false);
  }
}
