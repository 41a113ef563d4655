package dev.millrace.components.checkpoint;

import static dev.millrace.components.checkpoint.Pickled.None.NONE;

import dev.millrace.components.checkpoint.Pickled.Bool;
import dev.millrace.components.checkpoint.Pickled.Bytes;
import dev.millrace.components.checkpoint.Pickled.Dictionary;
import dev.millrace.components.checkpoint.Pickled.Global;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.Mark;
import dev.millrace.components.checkpoint.Pickled.OldText;
import dev.millrace.components.checkpoint.Pickled.Real;
import dev.millrace.components.checkpoint.Pickled.Sequence;
import dev.millrace.components.checkpoint.Pickled.Text;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's pickle machine, cut down to what checkpoints need. It builds {@link Pickled} values and
 * can do nothing else: names are labels, a call is looked up in a {@link PickleVocabulary}, and an
 * opcode that is not here is refused. It does not recurse, so depth costs no stack. One use, one
 * thread.
 */
final class Unpickler {

  private static final int MOST_MARKS = 1000;
  private static final int MOST_VALUES = 1 << 21;
  private static final int HIGHEST_PROTOCOL = 4;

  private final PickleInput in;
  private final PickleVocabulary vocabulary;
  private final List<Pickled> stack = new ArrayList<>();
  private final Map<Integer, Pickled> memo = new HashMap<>();
  private int marks;
  private int values;

  Unpickler(Run pickle, PickleVocabulary vocabulary) {
    this(new PickleInput(pickle), vocabulary);
  }

  /**
   * @param in is left behind the pickle's end
   */
  Unpickler(PickleInput in, PickleVocabulary vocabulary) {
    this.in = in;
    this.vocabulary = vocabulary;
  }

  /**
   * The pickle's one value. It may be deep and may contain itself: whoever walks it keeps count.
   *
   * @throws CheckpointException for whatever is damaged or not allowed
   */
  Pickled load() {
    while (true) {
      long at = in.position();
      int opcode = in.unsignedByte();
      try {
        if (opcode == '.') {
          return last();
        }
        step(opcode);
      } catch (CheckpointException e) {
        throw e.in("byte " + at);
      }
    }
  }

  private Pickled last() {
    Pickled value = pop();
    if (!stack.isEmpty()) {
      throw new CheckpointException("it stops with more than one value");
    }
    return value;
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(in.unsignedByte());
      case 0x95 -> in.unsignedLong(); // FRAME: a hint to readers of streams
      case '(' -> mark();
      case 'N' -> push(NONE);
      case 0x88 -> push(new Bool(true));
      case 0x89 -> push(new Bool(false));
      case 'K' -> push(new Int(in.unsignedByte()));
      case 'M' -> push(new Int(in.unsignedShort()));
      case 'J' -> push(new Int(in.signedInt()));
      case 0x8a -> push(new Int(in.integer(in.unsignedByte())));
      case 'G' -> push(new Real(in.bigEndianDouble()));
      case 'X' -> push(in.maybeName(in.unsignedInt()));
      case 0x8c -> push(new Text(in.text(in.unsignedByte())));
      case 0x8d -> push(in.maybeName(in.longLength()));
      case 'U' -> push(OldText.of(in.bytes(in.unsignedByte())));
      case 'T' -> push(OldText.of(in.bytes(in.unsignedInt())));
      case 'B' -> push(new Bytes(in.bytes(in.unsignedInt())));
      case 0x8e -> push(new Bytes(in.bytes(in.longLength())));
      case 'C' -> push(new Bytes(in.bytes(in.unsignedByte())));
      case ')' -> push(new Tuple(List.of()));
      case 0x85 -> push(new Tuple(pop(1)));
      case 0x86 -> push(new Tuple(pop(2)));
      case 0x87 -> push(new Tuple(pop(3)));
      case 't' -> push(new Tuple(popToMark()));
      case ']' -> push(new Sequence());
      case 'a' -> append(pop(1));
      case 'e' -> append(popToMark());
      case '}' -> push(new Dictionary());
      case 's' -> set(pop(2));
      case 'u' -> set(popToMark());
      case 'q' -> remember(in.unsignedByte());
      case 'r' -> remember(in.unsignedInt());
      case 0x94 -> remember(memo.size());
      case 'h' -> push(recall(in.unsignedByte()));
      case 'j' -> push(recall(in.unsignedInt()));
      case 'c' -> {
        String module = in.line();
        push(vocabulary.global(module, in.line()));
      }
      case 0x93 -> {
        String name = text(pop());
        push(vocabulary.global(text(pop()), name));
      }
      case 'R' -> {
        List<Pickled> arguments = tuple(pop());
        push(vocabulary.reduce(global(pop()), arguments));
      }
      case 0x81 -> {
        List<Pickled> arguments = tuple(pop());
        push(vocabulary.instantiate(global(pop()), arguments));
      }
      case 'b' -> {
        Pickled state = pop();
        vocabulary.build(top(), state);
      }
      case 'Q' -> push(vocabulary.persistent(pop()));
      default ->
          throw new CheckpointException(
              String.format(
                  "the pickle opcode 0x%02x%s is not among those that a checkpoint needs;"
                      + " it is refused, not run",
                  opcode, opcode > 32 && opcode < 127 ? " '" + (char) opcode + "'" : ""));
    }
  }

  private void protocol(int version) {
    if (version > HIGHEST_PROTOCOL) {
      throw new CheckpointException(
          "pickle protocol " + version + ", " + HIGHEST_PROTOCOL + " at most expected");
    }
  }

  private void mark() {
    if (++marks > MOST_MARKS) {
      throw new CheckpointException("nested deeper than " + MOST_MARKS + " levels");
    }
    push(Mark.MARK);
  }

  private void push(Pickled value) {
    count();
    stack.add(value);
  }

  /** One value more that takes memory, on the stack or in the memo. */
  private void count() {
    if (++values > MOST_VALUES) {
      throw new CheckpointException("more than " + MOST_VALUES + " values");
    }
  }

  private Pickled top() {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == Mark.MARK) {
      throw new CheckpointException("an opcode lacks the value that it works on");
    }
    return stack.get(stack.size() - 1);
  }

  private Pickled pop() {
    Pickled value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  // As a whole: popping one by one to the front of a new list gave nulls once C2 of JDK 17.0.15 had
  // compiled it, and never in the interpreter or C1.
  private List<Pickled> pop(int count) {
    int start = stack.size() - count;
    if (start < 0 || stack.subList(start, stack.size()).contains(Mark.MARK)) {
      throw new CheckpointException("an opcode lacks the values that it works on");
    }
    return popFrom(start);
  }

  private List<Pickled> popFrom(int start) {
    List<Pickled> tail = stack.subList(start, stack.size());
    List<Pickled> values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }

  private List<Pickled> popToMark() {
    int start = stack.lastIndexOf(Mark.MARK);
    if (start < 0) {
      throw new CheckpointException("an opcode lacks its mark");
    }
    List<Pickled> values = popFrom(start + 1);
    stack.remove(start);
    marks--;
    return values;
  }

  private void append(List<Pickled> values) {
    if (!(top() instanceof Sequence list)) {
      throw new CheckpointException("appends to " + Pickled.kind(top()) + ", expected a list");
    }
    list.items.addAll(values);
  }

  private void set(List<Pickled> pairs) {
    if (!(top() instanceof Dictionary dictionary)) {
      throw new CheckpointException("sets items of " + Pickled.kind(top()) + ", expected a dict");
    }
    if (pairs.size() % 2 != 0) {
      throw new CheckpointException("sets items with a key that has no value");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      String key = key(pairs.get(i));
      if (dictionary.entries.putIfAbsent(key, pairs.get(i + 1)) != null) {
        throw new CheckpointException("two entries named '" + key + "' in one dictionary");
      }
    }
  }

  private void remember(int index) {
    count();
    memo.put(index, top());
  }

  private Pickled recall(int index) {
    Pickled value = memo.get(index);
    if (value == null) {
      throw new CheckpointException("recalls value " + index + ", which was never remembered");
    }
    return value;
  }

  private static String key(Pickled value) {
    return value instanceof Int number ? Long.toString(number.value()) : text(value);
  }

  private static String text(Pickled value) {
    String text = Pickled.text(value);
    if (text == null) {
      throw new CheckpointException("expected a text, found " + Pickled.kind(value));
    }
    return text;
  }

  private static Global global(Pickled value) {
    if (value instanceof Global global) {
      return global;
    }
    throw new CheckpointException("calls " + Pickled.kind(value) + ", expected a name");
  }

  private static List<Pickled> tuple(Pickled value) {
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    throw new CheckpointException("calls with " + Pickled.kind(value) + ", expected a tuple");
  }
}
