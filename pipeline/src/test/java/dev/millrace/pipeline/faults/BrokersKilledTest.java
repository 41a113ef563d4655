package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.faults.Checker.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three brokers, each killed hard once and stopped once while frames flow. */
@Tag("faults")
class BrokersKilledTest {

  private static final int FRAMES = Faults.full() ? 20_000 : 4_000;
  private static final int PER_SECOND = 100;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void losesNothing(String delivery) {
    try (Brokers brokers = new Brokers(folder, 3);
        Scene scene = new Scene(folder, brokers)) {
      scene.serve(scene.config(delivery, Map.of()));
      scene.publish(FRAMES, PER_SECOND);
      scene.awaitAnswers(1);
      for (int node = 0; node < brokers.count(); node++) {
        brokers.kill(node);
        goesOn(scene);
        brokers.restart(node);
        brokers.stop(node);
        goesOn(scene);
        brokers.restart(node);
      }
      Map<Kind, Integer> found = Checker.count(Checker.check(scene.end()));
      System.out.printf(
          "%s: %d frames, 3 brokers killed, 3 stopped: %s%n", delivery, scene.published(), found);
      assertThat(scene.published()).isEqualTo(FRAMES);
      int duplicates = found.remove(Kind.DUPLICATE);
      assertThat(found.values()).as(found.toString()).containsOnly(0);
      assertThat(duplicates)
          .isLessThanOrEqualTo(
              delivery.equals("exactly-once") ? 0 : 2 * brokers.count() * Scene.IN_FLIGHT);
    }
  }

  private static void goesOn(Scene scene) {
    int before = scene.answered();
    Faults.sleep(Duration.ofSeconds(2));
    if (scene.published() < FRAMES) {
      scene.awaitAnswers(before + 1);
    }
  }
}
