package dev.millrace.components.checkpoint;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value that a pickle may hold. Nothing else exists: a pickle cannot name a Java class, and these
 * have no behaviour.
 */
sealed interface Pickled {

  /** Python's None. */
  enum None implements Pickled {
    NONE
  }

  record Bool(boolean value) implements Pickled {}

  record Int(long value) implements Pickled {}

  record Real(double value) implements Pickled {}

  record Text(String value) implements Pickled {}

  /** Raw bytes: a view of the pickle, not copied. */
  record Bytes(ByteBuffer value) implements Pickled {}

  /** Where the values of a list, tuple, dictionary or call begin on the stack. */
  enum Mark implements Pickled {
    MARK
  }

  record Tuple(List<Pickled> items) implements Pickled {
    public Tuple {
      items = Collections.unmodifiableList(new ArrayList<>(items));
    }
  }

  /** A list that later opcodes may append to. */
  final class Sequence implements Pickled {
    final List<Pickled> items = new ArrayList<>();
  }

  /** A dictionary; its keys are texts, which is all that checkpoints use. */
  final class Dictionary implements Pickled {
    final Map<String, Pickled> entries = new LinkedHashMap<>();
  }

  /** The name of a class or function: a label that leads nowhere. */
  record Global(String module, String name) implements Pickled {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /** An instance of a labelled class: its label and the state that it was saved with. */
  final class Instance implements Pickled {
    final Global type;
    @Nullable Pickled state;

    Instance(Global type) {
      this.type = type;
    }
  }

  /** The type of a numpy array's elements; usable when its state has said the byte order. */
  final class ArrayType implements Pickled {
    final ElementType element;
    boolean complete;

    ArrayType(ElementType element) {
      this.element = element;
    }
  }

  /** A numpy array; its state brings the value. */
  final class Array implements Pickled {
    @Nullable Tensor value;
  }

  /** A run of elements that lies elsewhere in the archive. */
  record Storage(String key, StorageType type, long elements) implements Pickled {}

  /** A view of a storage; checked against it when it is read. */
  record View(
      Storage storage,
      long offset,
      List<Long> shape,
      List<Long> strides,
      @Nullable Quantiser quantiser)
      implements Pickled {}

  /** How quantised elements become real ones: {@code scale * (element - zeroPoint)}. */
  sealed interface Quantiser {

    record PerTensor(double scale, long zeroPoint) implements Quantiser {}

    record PerChannel(View scales, View zeroPoints, int axis) implements Quantiser {}
  }

  /** What people call this kind of value. */
  static String kind(Pickled value) {
    if (value instanceof Global global) {
      return "the name " + global;
    }
    if (value instanceof Instance instance) {
      return "an instance of " + instance.type;
    }
    return "a value of kind " + value.getClass().getSimpleName();
  }
}
