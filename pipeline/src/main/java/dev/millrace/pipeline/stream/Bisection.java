package dev.millrace.pipeline.stream;

import dev.millrace.components.modeling.DeviceLostException;
import java.util.List;
import java.util.function.Function;

/** Finds which of a batch cannot be done, and does the others. */
final class Bisection {

  private Bisection() {}

  /**
   * What {@code attempt} answers for all items; if it throws, what it answers for their halves, and
   * so on down to a single item, whose exception {@code culprit} turns into an answer. Answers are
   * in the order of the items. A lost device, and a lack of memory, is no item's fault and ends it.
   * One culprit among n costs about 2 log2 n attempts more.
   */
  static <T, R> void run(
      List<T> items, Function<List<T>, List<R>> attempt, Culprit<T, R> culprit, List<R> answers) {
    if (items.isEmpty()) {
      return;
    }
    List<R> all;
    try {
      all = attempt.apply(items);
    } catch (DeviceLostException e) {
      throw e; // no item's fault
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      if (items.size() == 1) {
        answers.add(culprit.answer(items.get(0), e));
        return;
      }
      int half = items.size() / 2;
      run(items.subList(0, half), attempt, culprit, answers);
      run(items.subList(half, items.size()), attempt, culprit, answers);
      return;
    }
    answers.addAll(all);
  }

  /** The answer for an item that fails alone. */
  interface Culprit<T, R> {
    R answer(T item, Throwable failure);
  }
}
