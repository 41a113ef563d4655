package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.faults.Checker.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance that stands still past its session, wakes and believes that nothing happened. */
@Tag("faults")
class ZombieTest {

  private static final int TIMES = Faults.full() ? 5 : 2;
  private static final int PER_SECOND = 100;
  private static final Duration PAST_THE_SESSION = Duration.ofSeconds(8);

  @TempDir Path folder;

  @Test
  void nothingOfItIsVisible() {
    try (Brokers brokers = new Brokers(folder, 1);
        Scene scene = new Scene(folder, brokers)) {
      Path config = scene.config("exactly-once", Map.of());
      Jvm zombie = scene.serve(config);
      scene.serve(config);
      int frames = TIMES * 14 * PER_SECOND;
      AtomicBoolean over = new AtomicBoolean();
      scene.publish(frames, PER_SECOND, over::get);
      for (int i = 0; i < TIMES; i++) {
        scene.awaitAnswers(scene.answered() + 2 * PER_SECOND);
        zombie.suspend();
        Faults.sleep(PAST_THE_SESSION);
        zombie.resume();
        Faults.sleep(Duration.ofSeconds(4));
      }
      over.set(true);
      Map<Kind, Integer> found = Checker.count(Checker.check(scene.end()));
      System.out.printf("%d frames, a zombie %d times: %s%n", scene.published(), TIMES, found);
      assertThat(scene.published()).isGreaterThanOrEqualTo(frames);
      assertThat(found.values()).as(found.toString()).containsOnly(0);
    }
  }
}
