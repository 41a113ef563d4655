package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Array;
import dev.millrace.components.checkpoint.Pickled.ArrayType;
import dev.millrace.components.checkpoint.Pickled.Bool;
import dev.millrace.components.checkpoint.Pickled.Bytes;
import dev.millrace.components.checkpoint.Pickled.Global;
import dev.millrace.components.checkpoint.Pickled.Instance;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.None;
import dev.millrace.components.checkpoint.Pickled.Text;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a pickle of numpy arrays may name: arrays and their types of elements. One use. */
final class NumpyVocabulary implements PickleVocabulary {

  private static final int MOST_AXES = 16;

  private static final Global RECONSTRUCT = new Global("numpy.core.multiarray", "_reconstruct");
  private static final Global NDARRAY = new Global("numpy", "ndarray");
  private static final Global DTYPE = new Global("numpy", "dtype");

  /** numpy 2 gave its core another name. */
  private static final Global RECONSTRUCT_2 = new Global("numpy._core.multiarray", "_reconstruct");

  private static final Set<Global> KNOWN = Set.of(RECONSTRUCT, RECONSTRUCT_2, NDARRAY, DTYPE);

  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("f4", ElementType.FLOAT32),
          Map.entry("f8", ElementType.FLOAT64),
          Map.entry("f2", ElementType.FLOAT16),
          Map.entry("i8", ElementType.INT64),
          Map.entry("i4", ElementType.INT32),
          Map.entry("i2", ElementType.INT16),
          Map.entry("i1", ElementType.INT8),
          Map.entry("u1", ElementType.UINT8),
          Map.entry("b1", ElementType.BOOL));

  private long budget;

  /**
   * @param budget bytes that may be taken for arrays that must be copied
   */
  NumpyVocabulary(long budget) {
    this.budget = budget;
  }

  @Override
  public Global global(String module, String name) {
    Global global = new Global(module, name);
    if (KNOWN.contains(global)) {
      return global;
    }
    throw new CheckpointException(
        "the checkpoint names "
            + global
            + ", which has no business in a checkpoint; it is refused, not run");
  }

  @Override
  public Pickled reduce(Global function, List<Pickled> arguments) {
    if (function.equals(RECONSTRUCT) || function.equals(RECONSTRUCT_2)) {
      if (arguments.isEmpty() || !arguments.get(0).equals(NDARRAY)) {
        throw new CheckpointException(function + " of something else than numpy.ndarray");
      }
      return new Array();
    }
    if (function.equals(DTYPE)) {
      return new ArrayType(element(arguments));
    }
    throw new CheckpointException("the checkpoint calls " + function + "; it is refused, not run");
  }

  private static ElementType element(List<Pickled> arguments) {
    String name =
        !arguments.isEmpty() && arguments.get(0) instanceof Text text ? text.value() : "none";
    ElementType element = TYPES.get(name);
    if (element == null) {
      throw new CheckpointException(
          "a numpy array with elements of type '" + name + "'; known are " + sortedTypes());
    }
    return element;
  }

  private static List<String> sortedTypes() {
    return TYPES.keySet().stream().sorted().toList();
  }

  @Override
  public Instance instantiate(Global type, List<Pickled> arguments) {
    throw new CheckpointException(
        "the checkpoint makes an instance of " + type + "; it is refused, not run");
  }

  @Override
  public void build(Pickled object, Pickled state) {
    List<Pickled> parts = state instanceof Tuple tuple ? tuple.items() : List.of();
    if (object instanceof ArrayType type && !type.complete) {
      complete(type, parts);
    } else if (object instanceof Array array && array.value == null) {
      array.value = tensor(parts);
    } else {
      throw new CheckpointException(
          "gives state to " + Pickled.kind(object) + ", which has none or has it already");
    }
  }

  /** (version, byte order, subtype, names, fields, size, alignment, flags), as numpy has it. */
  private static void complete(ArrayType type, List<Pickled> state) {
    if (state.size() < 8 || !(state.get(1) instanceof Text order)) {
      throw new CheckpointException("a numpy type whose state is not understood");
    }
    boolean plain =
        state.get(2) == None.NONE && state.get(3) == None.NONE && state.get(4) == None.NONE;
    String expected = type.element.bytes() == 1 ? "|" : "<";
    if (!plain || !order.value().equals(expected)) {
      throw new CheckpointException(
          "a numpy type with "
              + (plain ? "the byte order '" + order.value() + "'" : "fields")
              + ", expected plain little-endian elements");
    }
    type.complete = true;
  }

  /** (version, shape, type, column-major, bytes), as numpy has it. */
  private Tensor tensor(List<Pickled> state) {
    if (state.size() != 5
        || !state.get(0).equals(new Int(1))
        || !(state.get(1) instanceof Tuple lengths)
        || !(state.get(2) instanceof ArrayType type)
        || !type.complete
        || !(state.get(3) instanceof Bool columnMajor)
        || !(state.get(4) instanceof Bytes bytes)) {
      throw new CheckpointException("a numpy array whose state is not understood");
    }
    long[] shape = shape(lengths);
    long wanted;
    try {
      wanted = Math.multiplyExact(Tensor.elements(shape), (long) type.element.bytes());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          "a numpy array with more elements than can be counted: " + lengths.items(), e);
    }
    if (bytes.value().remaining() != wanted) {
      throw new CheckpointException(
          "a numpy array of " + wanted + " bytes by its shape has " + bytes.value().remaining());
    }
    boolean copy = columnMajor.value() && shape.length > 1 && wanted > 0;
    return new Tensor(
        type.element,
        shape,
        copy ? rowMajor(bytes.value(), shape, type.element.bytes()) : bytes.value());
  }

  private static long[] shape(Tuple lengths) {
    if (lengths.items().size() > MOST_AXES) {
      throw new CheckpointException("a numpy array with " + lengths.items().size() + " axes");
    }
    return lengths.items().stream()
        .mapToLong(
            length -> {
              if (length instanceof Int number && number.value() >= 0) {
                return number.value();
              }
              throw new CheckpointException("a numpy array with a length that is no number");
            })
        .toArray();
  }

  private ByteBuffer rowMajor(ByteBuffer from, long[] shape, int width) {
    int bytes = from.remaining();
    if (bytes > budget) {
      throw new CheckpointException(
          "it asks for more memory ("
              + bytes
              + " bytes) than a file of its size can hold values for");
    }
    budget -= bytes;
    ByteBuffer to = ByteBuffer.allocate(bytes);
    long[] index = new long[shape.length];
    for (int target = 0; target < bytes; target += width) {
      long source = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        source = source * shape[axis] + index[axis];
      }
      to.put(target, from, Math.toIntExact(source * width), width);
      for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return to;
  }

  /** The value of an array, or null if it is none. */
  static @Nullable Tensor value(Pickled array) {
    return array instanceof Array read ? read.value : null;
  }

  @Override
  public Pickled persistent(Pickled id) {
    throw new CheckpointException("the checkpoint refers to something outside of it");
  }
}
