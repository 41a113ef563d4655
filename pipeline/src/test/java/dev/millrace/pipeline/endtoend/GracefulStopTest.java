package dev.millrace.pipeline.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.FramePosition;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A server is stopped while frames flow, and another one of its group goes on. */
@ExtendWith(SharedBroker.class)
class GracefulStopTest {
  private static final int FRAMES_PER_CAMERA = 50;
  private static final int IN_FLIGHT = 16;

  @TempDir Path folder;

  @Test
  void theNextServerGoesOnWhereTheFirstStopped() {
    ConfigFolder config = new ConfigFolder(folder);
    CountedModels models = new CountedModels(config.file());
    List<Shot> shots = Street.shots(FRAMES_PER_CAMERA);
    try (Room room = new Room(SharedBroker.bootstrapServers(), "stop")) {
      config.save("_BASE_: demo_coco.yaml\n" + room.sections(IN_FLIGHT));
      ServerOptions options = new ServerOptions(config.file(), List.of(), null, false);
      room.publish(shots);
      try (Server first = Server.start(options, models, new KafkaConnections("unused:1"))) {
        room.awaitEvents(IN_FLIGHT / 2);
      }
      List<SeenEvent> ofFirst = room.allEvents();
      assertThat(ofFirst.size()).isBetween(IN_FLIGHT / 2, shots.size() - 1);
      assertThat(room.committed()).as("all that it told").containsAllEntriesOf(counts(ofFirst));

      try (Server second = Server.start(options, models, new KafkaConnections("unused:1"))) {
        Await.until(
            "an event of every frame",
            () -> positions(room.events()).size() == shots.size(),
            () -> room.events().size());
      }
      List<SeenEvent> all = room.allEvents();
      int doubles = all.size() - positions(all).size();
      System.out.printf(
          "stopped after %d of %d frames, the next server told %d; %d doubles%n",
          ofFirst.size(), shots.size(), all.size() - ofFirst.size(), doubles);
      for (String camera : Street.CAMERAS) {
        assertThat(all)
            .filteredOn(e -> e.camera().equals(camera))
            .extracting(e -> e.event().frame().offset())
            .containsExactlyElementsOf(LongStream.range(0, FRAMES_PER_CAMERA).boxed().toList());
      }
      assertThat(doubles).isZero();
      assertThat(room.letters()).isEmpty();
      assertThat(models.created()).isEqualTo(2);
      assertThat(models.closed()).isEqualTo(2);
    }
  }

  private static Set<FramePosition> positions(List<SeenEvent> events) {
    Set<FramePosition> positions = new HashSet<>();
    events.forEach(e -> positions.add(e.event().frame().position()));
    return positions;
  }

  /** Of each partition, how many events there are. */
  private static Map<Integer, Long> counts(List<SeenEvent> events) {
    Map<Integer, Long> counts = new TreeMap<>();
    events.forEach(e -> counts.merge(e.event().frame().partition(), 1L, Long::sum));
    return counts;
  }
}
