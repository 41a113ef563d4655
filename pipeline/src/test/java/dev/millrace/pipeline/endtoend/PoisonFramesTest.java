package dev.millrace.pipeline.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.kafka.KafkaEventReader.DeadLetter;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The same frames twice, once with bad ones mixed in: nobody but the bad ones notices. */
@ExtendWith(SharedBroker.class)
class PoisonFramesTest {
  private static final String CONFIG =
      """
      _BASE_: coco/faster_rcnn_fbnetv3a_C4.yaml
      pipeline: {maxFrameBytes: %dKiB}
      """
          .formatted(Poison.MOST_BYTES >> 10);

  @TempDir Path folder;

  @Test
  void fiveInAHundred() {
    run(100, 20);
  }

  @Test
  @Tag("slow")
  void oneInAHundred() {
    run(Street.FRAMES, 100);
  }

  /**
   * @param every so many good frames are followed by a bad one
   */
  private void run(int framesPerCamera, int every) {
    List<Shot> clean = Street.shots(framesPerCamera);
    List<Poison> kinds = Poison.all(clean.get(0).value());
    List<Shot> mixed = new ArrayList<>();
    Map<Integer, Poison> poisoned = new LinkedHashMap<>();
    for (int i = 0; i < clean.size(); i++) {
      mixed.add(clean.get(i));
      if (i % every == every / 2) {
        Poison poison = kinds.get(poisoned.size() % kinds.size());
        Shot good = clean.get(i);
        poisoned.put(mixed.size(), poison);
        mixed.add(new Shot(good.camera(), good.capturedAt(), poison.value(), poison.headers()));
      }
    }
    assertThat(poisoned.values()).containsAll(kinds);

    List<FramePosition> positions = new ArrayList<>();
    List<SeenEvent> expected;
    try (Room room = serve("clean-" + framesPerCamera, clean, clean.size(), positions)) {
      expected = room.allEvents();
      assertThat(room.letters()).isEmpty();
    }
    positions.clear();
    try (Room room = serve("mixed-" + framesPerCamera, mixed, clean.size(), positions)) {
      List<SeenEvent> events = room.allEvents();
      for (String camera : Street.CAMERAS) {
        assertThat(detections(events, camera))
            .as("in the same order, byte by byte the same")
            .hasSize(framesPerCamera)
            .isEqualTo(detections(expected, camera));
        assertThat(events)
            .filteredOn(e -> e.camera().equals(camera))
            .extracting(e -> e.event().frame().offset())
            .isSorted();
      }
      assertThat(events).allSatisfy(e -> assertThat(e.problems()).isEmpty());
      Map<FramePosition, DeadLetter> letters = new HashMap<>();
      for (DeadLetter letter : room.letters()) {
        assertThat(letters.put(letter.frame().position(), letter)).as("one letter each").isNull();
      }
      assertThat(letters).hasSize(poisoned.size());
      poisoned.forEach(
          (index, poison) -> isTold(poison, letters.get(positions.get(index)), mixed.get(index)));
      assertThat(room.committed()).isEqualTo(ends(positions));
      System.out.printf(
          "%d good frames as in the clean run, %d bad ones of %d kinds in the dead letters%n",
          events.size(), letters.size(), kinds.size());
    }
  }

  /** Serves all of them from start to stop; what came of it is in the room. */
  private Room serve(String name, List<Shot> shots, int events, List<FramePosition> positions) {
    ConfigFolder config = new ConfigFolder(folder.resolve(name));
    CountedModels models = new CountedModels(config.file());
    Room room = new Room(SharedBroker.bootstrapServers(), name);
    config.save(CONFIG + room.sections(64));
    ServerOptions options = new ServerOptions(config.file(), List.of(), null, false);
    positions.addAll(room.publish(shots));
    try (Server server = Server.start(options, models, new KafkaConnections("unused:1"))) {
      room.awaitEvents(events);
      Await.until(
          "the end of the flow",
          () -> {
            Metrics metrics = Metrics.scrape(server);
            return metrics.value("millrace_frames_in_total") == shots.size()
                && metrics.value("millrace_frames_in_flight") == 0;
          },
          server.metrics()::scrape);
    }
    return room;
  }

  private static List<String> detections(List<SeenEvent> events, String camera) {
    return events.stream()
        .filter(e -> e.camera().equals(camera))
        .map(e -> e.event().frame().capturedAt() + " " + e.detections())
        .toList();
  }

  private static void isTold(Poison poison, DeadLetter letter, Shot shot) {
    assertThat(letter).as("the letter of %s", poison).isNotNull();
    assertThat(letter.reason().code()).as(poison.toString()).startsWith(poison.code());
    assertThat(letter.reason().message())
        .as(poison.toString())
        .isNotBlank()
        .contains(poison.message());
    assertThat(letter.frame().camera()).isEqualTo(shot.camera());
    assertThat(letter.frame().capturedAt()).isEqualTo(shot.capturedAt());
    assertThat(letter.frame().value()).isEqualTo(shot.value());
    assertThat(letter.frame().headers()).isEqualTo(shot.headers());
    assertThat(letter.omittedBytes()).isZero();
  }

  private static Map<Integer, Long> ends(List<FramePosition> positions) {
    Map<Integer, Long> ends = new TreeMap<>();
    positions.forEach(p -> ends.merge(p.partition(), p.offset() + 1, Math::max));
    return ends;
  }
}
