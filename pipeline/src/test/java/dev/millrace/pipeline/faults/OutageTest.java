package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.faults.Checker.Kind;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The only broker is gone, or is there and does nothing, and comes back. */
@Tag("faults")
class OutageTest {

  private static final int FRAMES = 1500;
  private static final int PER_SECOND = 50;
  private static final Duration PROMISED = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "at-least-once, killed",
    "at-least-once, still",
    "exactly-once, killed",
    "exactly-once, still"
  })
  void isToldAndWaitedOut(String delivery, String how) {
    try (Brokers brokers = new Brokers(folder, 1);
        Scene scene = new Scene(folder, brokers)) {
      ServerOptions options =
          new ServerOptions(scene.config(delivery, Map.of()), List.of(), null, false);
      try (Server server =
          Server.start(options, new QuickModels(), new KafkaConnections("unused:1"))) {
        scene.publish(FRAMES, PER_SECOND);
        scene.awaitAnswers(2 * PER_SECOND);
        Faults.until("green", PATIENCE, () -> ready(server).statusCode() == 200);
        boolean killed = how.equals("killed");
        if (killed) {
          brokers.kill(0);
        } else {
          brokers.suspend(0);
        }
        long since = System.nanoTime();
        Faults.until("red", PROMISED, () -> ready(server).statusCode() == 503);
        Duration red = Duration.ofNanos(System.nanoTime() - since);
        String reason = ready(server).body();
        Faults.sleep(Duration.ofSeconds(3));
        assertThat(server.ended()).isNotDone();
        if (killed) {
          brokers.restart(0);
        } else {
          brokers.resume(0);
        }
        Faults.until("green again", PATIENCE, () -> ready(server).statusCode() == 200);
        scene.settle();
        System.out.printf(
            "%s, broker %s: readiness red after %d ms: %s%n",
            delivery, how, red.toMillis(), reason);
      }
      Map<Kind, Integer> found = Checker.count(Checker.check(scene.end()));
      int duplicates = found.remove(Kind.DUPLICATE);
      assertThat(found.values()).as(found.toString()).containsOnly(0);
      assertThat(duplicates)
          .isLessThanOrEqualTo(delivery.equals("exactly-once") ? 0 : Scene.IN_FLIGHT);
    }
  }

  private static HttpResponse<String> ready(Server server) {
    InetSocketAddress at = server.console();
    URI address = URI.create("http://127.0.0.1:" + at.getPort() + "/health/ready");
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
