package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Array;
import dev.millrace.components.checkpoint.Pickled.ArrayState;
import dev.millrace.components.checkpoint.Pickled.ArrayType;
import dev.millrace.components.checkpoint.Pickled.Bool;
import dev.millrace.components.checkpoint.Pickled.Bytes;
import dev.millrace.components.checkpoint.Pickled.Global;
import dev.millrace.components.checkpoint.Pickled.Instance;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.Latin1;
import dev.millrace.components.checkpoint.Pickled.LongText;
import dev.millrace.components.checkpoint.Pickled.None;
import dev.millrace.components.checkpoint.Pickled.OldText;
import dev.millrace.components.checkpoint.Pickled.Text;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  /** Bytes in pickles of protocol 2, which has none of its own. */
  private static final Global ENCODE = new Global("_codecs", "encode");

  private static final Set<Global> BYTES =
      Set.of(new Global("__builtin__", "bytes"), new Global("builtins", "bytes"));

  /** numpy 2 gave its core another name. */
  private static final Global RECONSTRUCT_2 = new Global("numpy._core.multiarray", "_reconstruct");

  private static final Set<Global> KNOWN =
      Set.of(RECONSTRUCT, RECONSTRUCT_2, NDARRAY, DTYPE, ENCODE);

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

  private final Budget budget;

  /**
   * @param budget bytes that may be taken for arrays that must be copied
   */
  NumpyVocabulary(long budget) {
    this.budget = new Budget(budget);
  }

  @Override
  public Global global(String module, String name) {
    Global global = new Global(module, name);
    if (KNOWN.contains(global) || BYTES.contains(global)) {
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
    if (BYTES.contains(function) && arguments.isEmpty()) {
      return new Bytes(Run.of(ByteBuffer.allocate(0)));
    }
    if (function.equals(ENCODE)) {
      return encoded(arguments);
    }
    throw new CheckpointException("the checkpoint calls " + function + "; it is refused, not run");
  }

  private static Latin1 encoded(List<Pickled> arguments) {
    boolean text =
        arguments.size() == 2
            && (arguments.get(0) instanceof Text || arguments.get(0) instanceof LongText);
    if (!text || !"latin1".equals(Pickled.text(arguments.get(1)))) {
      throw new CheckpointException("_codecs.encode of something else than a text to latin1");
    }
    return new Latin1(arguments.get(0));
  }

  private static ElementType element(List<Pickled> arguments) {
    String name = arguments.isEmpty() ? null : Pickled.text(arguments.get(0));
    ElementType element = name == null ? null : TYPES.get(name);
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
    } else if (object instanceof Array array && array.state == null) {
      array.state = state(parts);
    } else {
      throw new CheckpointException(
          "gives state to " + Pickled.kind(object) + ", which has none or has it already");
    }
  }

  /** (version, byte order, subtype, names, fields, size, alignment, flags), as numpy has it. */
  private static void complete(ArrayType type, List<Pickled> state) {
    String order = state.size() < 8 ? null : Pickled.text(state.get(1));
    if (order == null) {
      throw new CheckpointException("a numpy type whose state is not understood");
    }
    boolean plain =
        state.get(2) == None.NONE && state.get(3) == None.NONE && state.get(4) == None.NONE;
    String expected = type.element.bytes() == 1 ? "|" : "<";
    if (!plain || !order.equals(expected)) {
      throw new CheckpointException(
          "a numpy type with "
              + (plain ? "the byte order '" + order + "'" : "fields")
              + ", expected plain little-endian elements");
    }
    type.complete = true;
  }

  /** (version, shape, type, column-major, bytes), as numpy has it. */
  private static ArrayState state(List<Pickled> state) {
    if (state.size() != 5
        || !state.get(0).equals(new Int(1))
        || !(state.get(1) instanceof Tuple lengths)
        || !(state.get(2) instanceof ArrayType type)
        || !type.complete
        || !(state.get(3) instanceof Bool columnMajor)) {
      throw new CheckpointException("a numpy array whose state is not understood");
    }
    ArrayState array =
        new ArrayState(type.element, shape(lengths), columnMajor.value(), state.get(4));
    long wanted = bytes(array);
    if (array.bytes() instanceof Bytes bytes) {
      checkLength(wanted, bytes.value().length());
    } else if (array.bytes() instanceof OldText text) {
      checkLength(wanted, text.value().length());
    } else if (!(array.bytes() instanceof Latin1)) {
      throw new CheckpointException("a numpy array whose state is not understood");
    }
    return array;
  }

  private static long bytes(ArrayState array) {
    try {
      return Math.multiplyExact(Tensor.elements(array.shape()), (long) array.element().bytes());
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          "a numpy array with more elements than can be counted: " + Arrays.toString(array.shape()),
          e);
    }
  }

  private static void checkLength(long wanted, long found) {
    if (found != wanted) {
      throw new CheckpointException(
          "a numpy array of " + wanted + " bytes by its shape has " + found);
    }
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

  private Run rowMajor(Run run, long[] shape, int width) {
    int bytes = Math.toIntExact(run.length());
    ByteBuffer to = budget.allocate(bytes);
    ByteBuffer from = run.bytes();
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
    return Run.of(to);
  }

  /**
   * The value of an array, or null if it is none: where it is in the pickle, where that is
   * possible.
   *
   * @throws CheckpointException if its text is not as long as its shape wants, or not bytes
   */
  @Nullable Tensor value(Pickled value) {
    if (!(value instanceof Array array) || array.state == null) {
      return null;
    }
    ArrayState state = array.state;
    Run bytes;
    if (state.bytes() instanceof Bytes plain) {
      bytes = plain.value();
    } else if (state.bytes() instanceof OldText old) {
      bytes = old.value();
    } else {
      bytes = encode((Latin1) state.bytes(), bytes(state));
    }
    boolean copy = state.columnMajor() && state.shape().length > 1 && bytes.length() > 0;
    return new Tensor(
        state.element(),
        state.shape(),
        copy ? rowMajor(bytes, state.shape(), state.element().bytes()) : bytes);
  }

  /** A byte for each character of a text. */
  private Run encode(Latin1 latin1, long wanted) {
    Run utf8 =
        latin1.text() instanceof LongText text
            ? text.utf8()
            : Run.of(StandardCharsets.UTF_8.encode(((Text) latin1.text()).value()));
    // A character has one byte or two.
    if (wanted > utf8.length() || wanted < utf8.length() / 2) {
      checkLength(wanted, utf8.length());
    }
    Latin1Encoder encoder = new Latin1Encoder(budget.allocate(wanted));
    utf8.pieces(encoder::accept);
    checkLength(wanted, encoder.characters());
    return Run.of(encoder.bytes());
  }

  @Override
  public Pickled persistent(Pickled id) {
    throw new CheckpointException("the checkpoint refers to something outside of it");
  }
}
