package dev.millrace.connectors.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTrackerTest {

  @Test
  void nothingReadMeansCommittingTheStart() {
    assertThat(new OffsetTracker(17).next()).isEqualTo(17);
  }

  @Test
  void theFirstIncompleteOffsetIsNext() {
    OffsetTracker tracker = new OffsetTracker(10);
    tracker.begin(10);
    tracker.begin(11);
    tracker.begin(15); // a gap, as compaction leaves it
    assertThat(tracker.complete(11)).isTrue();
    assertThat(tracker.next()).isEqualTo(10);
    assertThat(tracker.complete(10)).isTrue();
    assertThat(tracker.next()).isEqualTo(15);
    assertThat(tracker.complete(15)).isTrue();
    assertThat(tracker.next()).isEqualTo(16);
    tracker.reached(20); // a transaction's marker
    assertThat(tracker.next()).isEqualTo(20);
  }

  @Test
  void unknownAndSecondCompletionsChangeNothing() {
    OffsetTracker tracker = new OffsetTracker(0);
    tracker.begin(0);
    tracker.begin(2);
    assertThat(tracker.complete(1)).isFalse();
    assertThat(tracker.complete(-1)).isFalse();
    assertThat(tracker.complete(3)).isFalse();
    assertThat(tracker.complete(2)).isTrue();
    assertThat(tracker.complete(2)).isFalse();
    assertThat(tracker.incomplete()).isEqualTo(1);
  }

  @Test
  void offsetsMustGrow() {
    OffsetTracker tracker = new OffsetTracker(5);
    tracker.begin(7);
    assertThatThrownBy(() -> tracker.begin(7)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tracker.begin(6)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Against the obvious model: a sorted set of incomplete offsets. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void agreesWithASortedSet(long seed) {
    Random random = new Random(seed);
    long start = random.nextInt(1000);
    OffsetTracker tracker = new OffsetTracker(start);
    TreeSet<Long> incomplete = new TreeSet<>();
    List<Long> begun = new ArrayList<>();
    long end = start;
    long committed = start;
    for (int step = 0; step < 20_000; step++) {
      if (incomplete.size() < 300 && random.nextBoolean()) {
        long offset = end + (random.nextInt(10) == 0 ? random.nextInt(50) : 0);
        tracker.begin(offset);
        incomplete.add(offset);
        begun.add(offset);
        end = offset + 1;
      } else if (!begun.isEmpty()) {
        // Mostly recent ones, and often ones that are complete already.
        int back = Math.min(begun.size(), 1 + random.nextInt(400));
        long offset = begun.get(begun.size() - back);
        assertThat(tracker.complete(offset)).isEqualTo(incomplete.remove(offset));
      }
      assertThat(tracker.next()).isEqualTo(incomplete.isEmpty() ? end : incomplete.first());
      assertThat(tracker.next()).isGreaterThanOrEqualTo(committed);
      assertThat(tracker.incomplete()).isEqualTo(incomplete.size());
      committed = tracker.next();
    }
  }
}
