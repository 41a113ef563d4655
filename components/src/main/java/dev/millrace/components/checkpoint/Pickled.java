package dev.millrace.components.checkpoint;

import java.nio.charset.StandardCharsets;
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

  /** Raw bytes: where they are in the pickle. */
  record Bytes(Run value) implements Pickled {}

  /** A text too long for a name, not decoded: where its UTF-8 is in the pickle. */
  record LongText(Run utf8) implements Pickled {}

  /**
   * Python 2's text, which may be bytes as well.
   *
   * @param value where it is in the pickle
   * @param text decoded as Latin-1, or null if it is too long for a name
   */
  record OldText(Run value, @Nullable String text) implements Pickled {
    static OldText of(Run value) {
      return new OldText(
          value,
          value.length() <= PickleInput.LONGEST_NAME
              ? StandardCharsets.ISO_8859_1.decode(value.bytes()).toString()
              : null);
    }
  }

  /** Bytes that older pickles have as a text with a character for each; not encoded yet. */
  record Latin1(Pickled text) implements Pickled {}

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

  /** A numpy array; its state says where its value is. */
  final class Array implements Pickled {
    @Nullable ArrayState state;
  }

  /**
   * A numpy array's state, its value not yet read.
   *
   * @param bytes {@link Bytes}, {@link OldText} or {@link Latin1}
   */
  @SuppressWarnings("ArrayRecordComponent") // private to the package, never compared
  record ArrayState(ElementType element, long[] shape, boolean columnMajor, Pickled bytes) {}

  /** An object that is of no use to a model, and harmless: it is not looked into. */
  record Opaque(Global type) implements Pickled {}

  /** A run of elements that lies elsewhere in the file. */
  record Storage(String key, StorageType type, long elements) implements Pickled {

    /**
     * @throws CheckpointException unless that many bytes are these elements
     */
    void checkBytes(long held) {
      int width = type.element().bytes();
      if (elements != held / width || held % width != 0) {
        throw new CheckpointException(
            "storage "
                + key
                + " has "
                + held
                + " bytes, expected "
                + elements
                + " elements of "
                + type.element());
      }
    }
  }

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

  /** A text that is short enough for a name, or null. */
  static @Nullable String text(Pickled value) {
    if (value instanceof Text text) {
      return text.value();
    }
    return value instanceof OldText old ? old.text() : null;
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
