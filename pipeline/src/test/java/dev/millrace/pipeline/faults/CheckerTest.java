package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.FramePosition;
import dev.millrace.pipeline.faults.Checker.Answer;
import dev.millrace.pipeline.faults.Checker.History;
import dev.millrace.pipeline.faults.Checker.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A history without a fault, then with each fault planted in it. */
class CheckerTest {

  private static final int FRAMES = 20;

  /** What a test changes. */
  private static final class Draft {
    final Map<String, List<FramePosition>> frames = new TreeMap<>();
    final List<Answer> answers = new ArrayList<>();
    final List<Answer> seen = new ArrayList<>();
    final Map<Integer, List<Long>> commits = new HashMap<>();

    Draft() {
      for (int i = 0; i < FRAMES; i++) {
        for (int partition = 0; partition < 2; partition++) {
          String camera = "camera-" + partition;
          FramePosition frame = new FramePosition("frames", partition, i);
          frames.computeIfAbsent(camera, c -> new ArrayList<>()).add(frame);
          boolean letter = i % 7 == 3;
          Answer answer =
              new Answer(
                  camera,
                  frame,
                  new FramePosition(letter ? "letters" : "events", letter ? 0 : partition, 2L * i));
          answers.add(answer);
          seen.add(answer);
        }
      }
      commits.put(0, new ArrayList<>(List.of(4L, 4L, 11L, 20L)));
      commits.put(1, new ArrayList<>(List.of(7L, 20L)));
    }

    Answer of(int partition, int offset) {
      return answers.get(2 * offset + partition);
    }

    History history() {
      return new History(frames, answers, seen, commits);
    }
  }

  private static Map<Kind, Integer> found(Consumer<Draft> planted) {
    Draft draft = new Draft();
    planted.accept(draft);
    Map<Kind, Integer> counts = Checker.count(Checker.check(draft.history()));
    counts.values().removeIf(count -> count == 0);
    return counts;
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() {
    assertThat(found(draft -> {})).isEmpty();
  }

  @Test
  void aFrameWithoutAnAnswerIsLost() {
    assertThat(
            found(
                draft -> {
                  // The last one, and nobody claims to have come so far.
                  Answer last = draft.of(1, FRAMES - 1);
                  draft.answers.remove(last);
                  draft.seen.remove(last);
                  draft.commits.put(1, List.of(7L, 19L));
                }))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.LOST_WRITE, 1));
  }

  @Test
  void aFrameThatWasPassedOverIsSkippedAndLost() {
    assertThat(
            found(
                draft -> {
                  Answer answer = draft.of(0, 8);
                  draft.answers.remove(answer);
                  draft.seen.remove(answer);
                }))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.LOST_WRITE, 1, Kind.SKIP, 1));
  }

  @Test
  void anOffsetThatIsCommittedTooFarSkipsWhatIsBelowIt() {
    assertThat(
            found(
                draft -> {
                  for (int offset = 18; offset < FRAMES; offset++) {
                    Answer answer = draft.of(0, offset);
                    draft.seen.remove(answer);
                  }
                  draft.answers.removeIf(
                      a -> a.frame().partition() == 0 && a.frame().offset() >= 18);
                }))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.LOST_WRITE, 2, Kind.SKIP, 1));
  }

  @Test
  void everyFurtherAnswerIsADuplicate() {
    assertThat(
            found(
                draft -> {
                  for (int again = 0; again < 2; again++) {
                    Answer first = draft.of(1, 5);
                    draft.answers.add(
                        new Answer(
                            first.camera(),
                            first.frame(),
                            new FramePosition("events", 1, 100 + again)));
                  }
                }))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.DUPLICATE, 2));
  }

  @Test
  void answersInAnotherOrderThanTheFramesAreFound() {
    assertThat(
            found(
                draft -> {
                  Answer early = draft.of(0, 5);
                  draft.answers.remove(early);
                  draft.answers.add(draft.answers.size() - 4, early);
                }))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.NONMONOTONIC, 1));
  }

  @Test
  void whatWasSeenAndIsNotThereWasNeverCommitted() {
    assertThat(
            found(
                draft -> {
                  Answer answer = draft.of(0, 5);
                  draft.seen.add(
                      new Answer(
                          answer.camera(), answer.frame(), new FramePosition("events", 0, 999)));
                }))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.PRECOMMITTED_READ, 1));
  }

  @Test
  void anOffsetThatFellIsFound() {
    assertThat(found(draft -> draft.commits.get(0).add(1, 3L)))
        .containsExactlyInAnyOrderEntriesOf(Map.of(Kind.OFFSET_FELL, 1));
  }
}
