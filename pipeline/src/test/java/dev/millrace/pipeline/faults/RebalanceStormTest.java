package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.faults.Checker.Kind;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every two seconds an instance joins the group or leaves it. */
@Tag("faults")
class RebalanceStormTest {

  private static final int SECONDS = Faults.full() ? 300 : 24;
  private static final int PER_SECOND = 150;
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int MOST = 4;

  private static final Map<String, Map<String, String>> PROTOCOLS =
      Map.of(
          "cooperative",
          Map.of(),
          "eager",
          Map.of(
              "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor"),
          "consumer",
          Map.of("group.protocol", "consumer"));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "at-least-once, cooperative",
    "at-least-once, eager",
    "at-least-once, consumer",
    "exactly-once, cooperative",
    "exactly-once, eager",
    "exactly-once, consumer"
  })
  void losesNothing(String delivery, String protocol) {
    Deque<Server> instances = new ArrayDeque<>();
    try (Brokers brokers = new Brokers(folder, 1);
        Scene scene = new Scene(folder, brokers)) {
      ServerOptions options =
          new ServerOptions(
              scene.config(delivery, PROTOCOLS.get(protocol)), List.of(), null, false);
      int frames = SECONDS * PER_SECOND;
      instances.add(start(options));
      scene.publish(frames, PER_SECOND);
      boolean joining = true;
      int changes = 0;
      for (long end = System.nanoTime() + SECONDS * 1_000_000_000L;
          System.nanoTime() < end;
          changes++) {
        Faults.sleep(EVERY);
        if (joining) {
          instances.add(start(options));
          joining = instances.size() < MOST;
        } else {
          instances.remove().close(); // the oldest: its partitions move
          joining = instances.size() == 1;
        }
      }
      scene.settle();
      instances.forEach(Server::close);
      instances.clear();
      Map<Kind, Integer> found = Checker.count(Checker.check(scene.end()));
      System.out.printf(
          "%s, %s: %d frames, %d joined or left: %s%n",
          delivery, protocol, scene.published(), changes, found);
      assertThat(scene.published()).isEqualTo(frames);
      if (delivery.equals("at-least-once")) {
        found.remove(Kind.DUPLICATE); // what was under way at a deadline comes again
      }
      assertThat(found.values()).as(found.toString()).containsOnly(0);
    } finally {
      instances.forEach(Server::close);
    }
  }

  private static Server start(ServerOptions options) {
    return Server.start(options, new QuickModels(), new KafkaConnections("unused:1"));
  }
}
