package dev.millrace.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * How much of a lane's time is left to the model. The model here costs 2 ms a batch and nothing
 * else is slow, so what is missing to 1 is what the pipeline itself costs.
 */
class LaneUtilisationTest {

  @Test
  void theLaneIsBusyWithTheModel() {
    LongAdder busy = new LongAdder();
    FlowObserver observer =
        new FlowObserver() {
          @Override
          public void ran(int lane, int frames, long nanos) {
            busy.add(nanos);
          }
        };
    double best = 0;
    for (int attempt = 0; attempt < 5 && best < 0.97; attempt++) { // others use this machine too
      try (Rig rig =
          new Rig(
              1,
              new FlowSettings(1, 8, Duration.ofMillis(5)),
              count -> new FakeDetector(count, frames -> work(Duration.ofMillis(2))),
              observer)) {
        push(rig, 200);
        Rig.await("warm-up", () -> rig.source.acknowledged.size() == 200);
        push(rig, 2400);
        busy.reset();
        long start = System.nanoTime();
        Rig.await("the rest", () -> rig.source.acknowledged.size() == 2600);
        best = Math.max(best, busy.sum() / (double) (System.nanoTime() - start));
      }
    }
    assertThat(best).as("busy share of the lane; 0.98 on a quiet machine").isGreaterThan(0.8);
  }

  private static void push(Rig rig, int frames) {
    for (int i = 0; i < frames; i++) {
      rig.source.push(i % 3, "16x16:1");
    }
  }

  private static void work(Duration cost) {
    long end = System.nanoTime() + cost.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
