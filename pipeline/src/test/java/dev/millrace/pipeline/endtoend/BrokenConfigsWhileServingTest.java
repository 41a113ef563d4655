package dev.millrace.pipeline.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import dev.millrace.pipeline.config.BrokenConfig;
import dev.millrace.pipeline.config.BrokenConfigs;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionState;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Someone saves one mistake after another into the file of a server at work. */
@ExtendWith(SharedBroker.class)
class BrokenConfigsWhileServingTest {
  private static final String LIVE = "live/config.yaml";

  /** In place of the parsers' own example: a whole model, its classes at the same line. */
  private static final String GOOD =
      """
      _BASE_: ../shipped/coco/faster_rcnn_fbnetv3a_C4.yaml
      model:
        weights:
          file: model.pt
          sha256: "0000000000000000000000000000000000000000000000000000000000000000"
        classes:
          - {name: person, id: 1}
          - {name: bicycle, id: 2}
      pipeline: null
      """;

  @TempDir Path folder;

  @Test
  void isRefusedWhileFramesFlow() throws IOException {
    List<BrokenConfig> configs = new ArrayList<>(BrokenConfigs.in(folder));
    Path root = configs.get(0).root();
    Files.writeString(root.resolve("good/model.yaml"), GOOD);
    List<BrokenConfig> broken = BrokenConfigs.models(folder.resolve("models"));
    Files.move(broken.get(0).root().resolve("shipped"), root.resolve("shipped"));
    configs.addAll(broken);
    Collections.shuffle(configs, new Random(5)); // neighbours differ by more than a link's target
    Path file = root.resolve(LIVE);
    Files.createDirectories(file.getParent());
    CountedModels models = new CountedModels(file);
    List<Shot> shots = Street.shots(configs.size() + 1);
    try (Room room = new Room(SharedBroker.bootstrapServers(), "broken")) {
      String sections = room.sections(64);
      Files.writeString(file, "_BASE_: ../shipped/demo_coco.yaml\n" + sections);
      Map<BrokenConfig, Revision> refusals = new LinkedHashMap<>();
      List<SeenEvent> events;
      ServerOptions options = new ServerOptions(file, List.of(), null, true);
      try (Server server = Server.start(options, models, new KafkaConnections("unused:1"))) {
        for (BrokenConfig config : configs) {
          publishNext(room, shots, refusals.size());
          // Only a model that can be read gets as far as what must not change.
          save(config, file, broken.contains(config) ? sections : "");
          refusals.put(config, refusal(server, refusals.size() + 2));
          room.awaitEvents(2 * refusals.size()); // so frames flow between any two
        }
        publishNext(room, shots, refusals.size());
        room.awaitEvents(2 * refusals.size() + 2);
        events = room.events();
        assertThat(server.revisions())
            .filteredOn(r -> r.state() == RevisionState.LIVE)
            .extracting(Revision::id)
            .containsExactly(1L);
        assertThat(Metrics.get(server, "/health/ready").statusCode()).isEqualTo(200);
        Metrics metrics = Metrics.scrape(server);
        assertThat(metrics.value("millrace_revision_swaps_total")).isZero();
        assertThat(
                metrics.value("millrace_revision_refusals_total{outcome=\"refused\"}")
                    + metrics.value("millrace_revision_refusals_total{outcome=\"failed\"}"))
            .isEqualTo(refusals.size());
      }
      assertSoftly(
          softly ->
              refusals.forEach(
                  (config, refusal) ->
                      config
                          .expected()
                          .forEach(
                              fragment ->
                                  softly
                                      .assertThat(refusal.reason())
                                      .as(config.name())
                                      .contains(inPlace(config, fragment)))));
      assertThat(events).extracting(e -> e.event().revision().id()).containsOnly(1L);
      for (String camera : Street.CAMERAS) {
        assertThat(events)
            .filteredOn(e -> e.camera().equals(camera))
            .extracting(e -> e.event().frame().offset())
            .containsExactlyElementsOf(LongStream.rangeClosed(0, refusals.size()).boxed().toList());
      }
      assertThat(models.created()).isEqualTo(1);
      assertThat(models.closed()).isEqualTo(1);
      assertThat(refusals).hasSizeGreaterThanOrEqualTo(60);
      System.out.printf(
          "%d broken configurations refused while %d frames flowed, revision 1 served all%n",
          refusals.size(), events.size());
    }
  }

  private static void publishNext(Room room, List<Shot> shots, int index) {
    room.publish(shots.subList(2 * index, 2 * index + 2));
  }

  private static Revision refusal(Server server, long id) {
    Await.until(
        "the end of request " + id,
        () -> {
          Revision newest = server.revisions().get(0);
          return newest.id() == id && newest.reason() != null;
        },
        server::revisions);
    Revision refused = server.revisions().get(0);
    assertThat(refused.state()).isIn(RevisionState.REFUSED, RevisionState.FAILED);
    return refused;
  }

  /** Puts its bytes where the server looks, the files that it refers to first. */
  private static void save(BrokenConfig config, Path file, String sections) throws IOException {
    Path folder = config.file().getParent();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path from : files.filter(f -> !f.equals(config.file())).toList()) {
        Files.copy(
            from,
            file.resolveSibling(from.getFileName()),
            StandardCopyOption.REPLACE_EXISTING,
            LinkOption.NOFOLLOW_LINKS);
      }
    }
    Path draft = Files.copy(config.file(), file.resolveSibling("draft"));
    if (!sections.isEmpty()) {
      Files.writeString(draft, Files.readString(draft) + sections);
    }
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String inPlace(BrokenConfig config, String fragment) {
    return fragment.replace(config.name() + "/", "live/");
  }
}
