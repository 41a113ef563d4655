package dev.millrace.pipeline.faults;

import dev.millrace.connectors.FramePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Says what went wrong between a topic of frames and the topics of their answers, in the words of
 * Jepsen's Kafka workload.
 */
final class Checker {

  enum Kind {
    /** A frame was safe on its topic, and neither an event nor a dead letter says so. */
    LOST_WRITE,
    /** A frame was answered more than once. */
    DUPLICATE,
    /** Answers of a camera do not follow the order of its frames. */
    NONMONOTONIC,
    /**
     * A frame was not answered, but a later one of its partition was, or its offset is committed.
     */
    SKIP,
    /** A reader of committed records saw what was never committed. */
    PRECOMMITTED_READ,
    /** A committed offset fell. */
    OFFSET_FELL
  }

  record Fault(Kind kind, String what) {}

  /**
   * An event or a dead letter.
   *
   * @param frame what it answers
   * @param at where it lies
   */
  record Answer(String camera, FramePosition frame, FramePosition at) {}

  /**
   * All that was seen.
   *
   * @param frames that were safe, by camera, in the order in which they were sent
   * @param answers that can be read at the end, those of one partition of a topic in its order
   * @param seen what a reader of committed records saw while it happened
   * @param commits committed offsets by partition, in the order in which they were looked at
   */
  record History(
      Map<String, List<FramePosition>> frames,
      List<Answer> answers,
      List<Answer> seen,
      Map<Integer, List<Long>> commits) {}

  private final History history;
  private final List<Fault> faults = new ArrayList<>();

  private Checker(History history) {
    this.history = history;
  }

  /** Every fault; one of a kind for each frame, answer or partition that it befell. */
  static List<Fault> check(History history) {
    Checker checker = new Checker(history);
    checker.lostAndSkipped();
    checker.doubled();
    checker.disordered();
    checker.precommitted();
    checker.fallen();
    return checker.faults;
  }

  /** How many there are of each kind, those that there are none of as well. */
  static Map<Kind, Integer> count(List<Fault> faults) {
    Map<Kind, Integer> counts = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      counts.put(kind, 0);
    }
    faults.forEach(fault -> counts.merge(fault.kind(), 1, Integer::sum));
    return counts;
  }

  private void found(Kind kind, String what) {
    faults.add(new Fault(kind, what));
  }

  private void lostAndSkipped() {
    Set<FramePosition> answered = new HashSet<>();
    Map<Integer, Long> furthest = new HashMap<>();
    for (Answer answer : history.answers) {
      answered.add(answer.frame());
      furthest.merge(answer.frame().partition(), answer.frame().offset(), Math::max);
    }
    history.commits.forEach(
        (partition, offsets) ->
            offsets.forEach(offset -> furthest.merge(partition, offset - 1, Math::max)));
    history.frames.forEach(
        (camera, frames) -> {
          for (FramePosition frame : frames) {
            if (answered.contains(frame)) {
              continue;
            }
            found(Kind.LOST_WRITE, frame + " of " + camera + " was never answered");
            if (frame.offset() < furthest.getOrDefault(frame.partition(), -1L)) {
              found(Kind.SKIP, frame + " of " + camera + " was passed over");
            }
          }
        });
  }

  private void doubled() {
    Map<FramePosition, Integer> times = new LinkedHashMap<>();
    history.answers.forEach(answer -> times.merge(answer.frame(), 1, Integer::sum));
    times.forEach(
        (frame, count) -> {
          for (int again = 1; again < count; again++) {
            found(Kind.DUPLICATE, frame + " was answered again");
          }
        });
  }

  /** By the first answer of each frame: those that come again are doubles, not disorder. */
  private void disordered() {
    Map<String, Long> last = new HashMap<>();
    Set<FramePosition> answered = new HashSet<>();
    for (Answer answer : history.answers) {
      if (!answered.add(answer.frame())) {
        continue;
      }
      String line = answer.at().topic() + " " + answer.camera() + " " + answer.frame().partition();
      Long before = last.put(line, answer.frame().offset());
      if (before != null && answer.frame().offset() < before) {
        found(
            Kind.NONMONOTONIC,
            answer.frame() + " of " + answer.camera() + " was answered after offset " + before);
      }
    }
  }

  private void precommitted() {
    Set<FramePosition> there = new HashSet<>();
    history.answers.forEach(answer -> there.add(answer.at()));
    for (Answer answer : history.seen) {
      if (!there.contains(answer.at())) {
        found(Kind.PRECOMMITTED_READ, answer.at() + " was seen and is not there any more");
      }
    }
  }

  private void fallen() {
    history.commits.forEach(
        (partition, offsets) -> {
          for (int i = 1; i < offsets.size(); i++) {
            if (offsets.get(i) < offsets.get(i - 1)) {
              found(
                  Kind.OFFSET_FELL,
                  "partition "
                      + partition
                      + " was committed up to "
                      + offsets.get(i - 1)
                      + ", then "
                      + offsets.get(i));
            }
          }
        });
  }
}
