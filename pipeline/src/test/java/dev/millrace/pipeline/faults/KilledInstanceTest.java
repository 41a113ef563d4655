package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.faults.Checker.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kill -9} of the pipeline at random moments under load, and its return. */
@Tag("faults")
class KilledInstanceTest {

  private static final int KILLS = Faults.full() ? 20 : 3;
  private static final int PER_SECOND = 150;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void losesNothing(String delivery) {
    SplittableRandom dice = new SplittableRandom(7);
    try (Brokers brokers = new Brokers(folder, 1);
        Scene scene = new Scene(folder, brokers)) {
      Path config = scene.config(delivery, Map.of());
      int frames = KILLS * 6 * PER_SECOND;
      AtomicBoolean over = new AtomicBoolean();
      scene.publish(frames, PER_SECOND, over::get);
      for (int i = 0; i < KILLS; i++) {
        Jvm instance = scene.serve(config);
        int before = scene.answered();
        scene.awaitAnswers(before + 1);
        Faults.sleep(Duration.ofMillis(dice.nextInt(200, 2500)));
        instance.kill();
      }
      scene.serve(config);
      over.set(true);
      Map<Kind, Integer> found = Checker.count(Checker.check(scene.end()));
      System.out.printf("%s: %d frames, %d kills: %s%n", delivery, scene.published(), KILLS, found);
      assertThat(scene.published()).isGreaterThanOrEqualTo(frames);
      int duplicates = found.remove(Kind.DUPLICATE);
      assertThat(found.values()).as(found.toString()).containsOnly(0);
      assertThat(duplicates)
          .isLessThanOrEqualTo(delivery.equals("exactly-once") ? 0 : KILLS * Scene.IN_FLIGHT);
    }
  }
}
