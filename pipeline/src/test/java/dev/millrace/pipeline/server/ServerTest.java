package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.memory.InMemoryEventSink;
import dev.millrace.connectors.memory.InMemoryFrameSource;
import dev.millrace.connectors.memory.InMemoryTopic;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionState;
import dev.millrace.pipeline.stream.FakeDetector;
import dev.millrace.pipeline.stream.Rig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it, in memory, with models that are none. */
class ServerTest {

  private final InMemoryTopic topic = new InMemoryTopic("frames", 3);
  private final InMemoryEventSink sink = new InMemoryEventSink();
  private final FakeDetector.Count count = new FakeDetector.Count();
  private Path config;

  private final Connections connections =
      config -> new Connections.Ends(new InMemoryFrameSource(topic), sink);

  private final ModelFactory models =
      new ModelFactory() {
        @Override
        public Registries registries() {
          return StandardComponents.registries();
        }

        @Override
        public List<Detector> build(
            LoadedConfig config, Registries registries, int lanes, List<Detector> live) {
          if (config.tree().values().toString().contains("minScore=0.99")) {
            throw new ConfigException("model.postprocessor.minScore", "too much.", null);
          }
          assertThat(live).allMatch(d -> d instanceof FakeDetector);
          List<Detector> built = new ArrayList<>();
          for (int i = 0; i < lanes; i++) {
            built.add(new FakeDetector(count, frames -> {}));
          }
          return built;
        }
      };

  @BeforeEach
  void copyShippedConfigurations(@TempDir Path folder) throws IOException {
    Path shipped = Path.of(System.getProperty("millrace.root"), "configs");
    Path copy = folder.resolve("configs");
    try (Stream<Path> files = Files.walk(shipped)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(shipped.relativize(file).toString()));
      }
    }
    config = copy.resolve("demo.yaml");
  }

  @AfterEach
  void closedAsOftenAsCreated() {
    assertThat(count.violations).isEmpty();
    assertThat(count.closed.get()).isEqualTo(count.created.get());
  }

  private Server start(String... overrides) {
    List<String> all = new ArrayList<>(List.of("console.port=0", "pipeline.lanes=2"));
    all.addAll(List.of(overrides));
    return Server.start(new ServerOptions(config, all, null, true), models, connections);
  }

  private void publish(int frames) {
    for (int i = 0; i < frames; i++) {
      topic.publish("camera-" + i % 3, PNG, Instant.EPOCH, Map.of());
    }
  }

  private static final byte[] PNG = png();

  private static byte[] png() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(8, 6, BufferedImage.TYPE_3BYTE_BGR), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private Revision awaitRevision(Server server, long id, RevisionState state) {
    Rig.await(
        "revision " + id + " to be " + state,
        () -> server.revisions().stream().anyMatch(r -> r.id() == id && r.state() == state));
    return server.revisions().stream().filter(r -> r.id() == id).findFirst().orElseThrow();
  }

  private static String get(Server server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.console().getPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void framesFlowAndAnEditSwapsTheModel() throws Exception {
    try (Server server = start()) {
      publish(30);
      Rig.await("the first events", () -> sink.events().size() == 30);
      String text = Files.readString(config);
      Files.writeString(config, text.replace("0.5", "0.6"));
      awaitRevision(server, 2, RevisionState.LIVE);
      publish(30);
      Rig.await("the next events", () -> sink.events().size() == 60);
      List<DetectionEvent> events = sink.events();
      assertThat(events.subList(0, 30)).allMatch(e -> e.revision().id() == 1);
      assertThat(events.subList(30, 60)).allMatch(e -> e.revision().id() == 2);
      assertThat(events.get(0).revision().config())
          .startsWith("sha256:")
          .isNotEqualTo(events.get(59).revision().config());
      assertThat(events.get(0).frame().width()).isEqualTo(8);
      assertThat(get(server, "/health/ready")).contains("\"ready\":true");
      assertThat(get(server, "/metrics"))
          .contains("millrace_frames_out_total 60.0", "millrace_revision_live 2.0");
      assertThat(get(server, "/revisions")).contains("demo.yaml changed");
    }
    for (int partition = 0; partition < topic.partitions(); partition++) {
      assertThat(topic.committed(partition)).isEqualTo(topic.end(partition));
    }
  }

  @Test
  void mistakesAreRefusedWhileFramesFlow() throws Exception {
    try (Server server = start()) {
      String text = Files.readString(config);

      Files.writeString(config, text + "\nmodle: {}\n");
      assertThat(awaitRevision(server, 2, RevisionState.REFUSED).reason())
          .contains("demo.yaml", "modle", "model");

      Files.writeString(config, text.replace("0.5", "0.99"));
      assertThat(awaitRevision(server, 3, RevisionState.REFUSED).reason())
          .contains("demo.yaml", "model.postprocessor.minScore", "too much");

      Files.writeString(config, text + "\npipeline: {maxBatch: 3}\n");
      assertThat(awaitRevision(server, 4, RevisionState.REFUSED).reason())
          .contains("pipeline.maxBatch", "restart");

      Files.delete(config);
      assertThat(awaitRevision(server, 5, RevisionState.REFUSED).reason()).contains("demo.yaml");

      publish(9);
      Rig.await("events", () -> sink.events().size() == 9);
      assertThat(sink.events()).allMatch(e -> e.revision().id() == 1);
      assertThat(get(server, "/metrics"))
          .contains("millrace_revision_refusals_total{outcome=\"refused\"} 4.0");
    }
  }

  @Test
  void undecodableFramesAreDeadLettersAndTheOthersEvents() {
    try (Server server = start()) {
      publish(3);
      topic.publish("camera-0", new byte[] {1, 2, 3}, Instant.EPOCH, Map.of());
      topic.publish("camera-1", new byte[0], Instant.EPOCH, Map.of());
      publish(3);
      Rig.await("all", () -> sink.events().size() == 6 && sink.deadLetters().size() == 2);
      assertThat(sink.deadLetters())
          .extracting(letter -> letter.reason().code())
          .containsExactlyInAnyOrder("undecodable", "empty");
      assertThat(server.ended()).isNotDone();
    }
  }

  @Test
  void aMistakeAtTheStartIsToldAndEverythingClosed() {
    assertThatThrownBy(() -> start("model.postprocessor.minScore=0.99"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("too much");
    assertThatThrownBy(() -> start("pipeline.maxBatch=none"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pipeline.maxBatch");
  }

  @Test
  void aSourceThatEndsEndsTheServer() {
    publish(5);
    topic.seal();
    try (Server server = start()) {
      server.ended().join();
      assertThat(sink.events()).hasSize(5);
    }
  }
}
