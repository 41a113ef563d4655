package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.memory.InMemoryEventSink;
import dev.millrace.connectors.memory.InMemoryFrameSource;
import dev.millrace.connectors.memory.InMemoryTopic;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.dataset.Datasets;
import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
import dev.millrace.pipeline.revision.RevisionState;
import dev.millrace.pipeline.stream.Rig;
import dev.millrace.pipeline.training.TinyTraining;
import dev.millrace.pipeline.training.TrainingFolder;
import dev.millrace.pipeline.training.TrainingListener;
import dev.millrace.pipeline.training.TrainingSetup;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server swaps to weights that change under it, where it is asked to. */
class FollowedWeightsTest {

  private static final TrainingListener NOBODY =
      new TrainingListener() {
        @Override
        public void step(
            int iteration, int maxIter, Map<String, Float> losses, double rate, double left) {}

        @Override
        public void measuring(int iteration, int done, int pictures) {}

        @Override
        public void measured(int iteration, Map<Measure, CocoAp> ap) {}
      };

  private final InMemoryTopic topic = new InMemoryTopic("frames", 1);
  private final InMemoryEventSink sink = new InMemoryEventSink();
  private final Connections connections =
      config -> new Connections.Ends(new InMemoryFrameSource(topic), sink);

  @TempDir Path folder;

  private Path trained() throws InterruptedException, IOException {
    Path file = Files.writeString(folder.resolve("tiny.yaml"), TinyTraining.CONFIG);
    TrainingSetup.of(
            new ConfigLoader(folder).load(file, List.of(), StandardComponents.registries()),
            StandardComponents.registries(),
            weights -> Optional.empty(),
            new Datasets(List.of()),
            "cpu",
            new TrainingFolder(folder.resolve("run")),
            false,
            NOBODY)
        .run(() -> true);
    return new TrainingFolder(folder.resolve("run")).weights();
  }

  private Server start(String... more) {
    List<String> overrides =
        new java.util.ArrayList<>(
            List.of(
                "console.port=0",
                "engine.threads=1",
                "model.weights.file=run/model.safetensors",
                "model.weights.initialize=null"));
    overrides.addAll(List.of(more));
    Path config = folder.resolve("tiny.yaml");
    return Server.start(
        new ServerOptions(config, overrides, null, true),
        new StandardModels(
            WeightsStore.ofEnvironment(Map.of("MILLRACE_CACHE", folder.toString())),
            config,
            DownloadProgress.SILENT),
        connections);
  }

  private void publish(int events) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(128, 72, BufferedImage.TYPE_3BYTE_BGR), "png", png);
    topic.publish("camera", png.toByteArray(), Instant.EPOCH, Map.of());
    Rig.await("event " + events, () -> sink.events().size() == events);
  }

  private void editMinScore() throws IOException {
    Files.writeString(
        folder.resolve("tiny.yaml"),
        TinyTraining.CONFIG.replace(
            "DetectionPostprocessor", "DetectionPostprocessor, minScore: 0.9"));
  }

  private static void changeABit(Path weights) {
    Map<String, Tensor> values = new LinkedHashMap<>(Safetensors.read(weights).tensors());
    values.computeIfPresent(
        "backbone.stem.conv1.weight",
        (name, tensor) -> {
          float[] numbers = tensor.floats();
          numbers[0] += 1;
          return Tensor.of(numbers, tensor.shape());
        });
    Safetensors.write(weights, values, Map.of());
  }

  @Test
  void changedWeightsGoLiveAndDamagedOnesAreRefused() throws Exception {
    Path weights = trained();
    try (Server server = start("model.weights.follow=true")) {
      publish(1);
      changeABit(weights);
      await(server, 2, RevisionState.LIVE);
      publish(2);
      assertThat(server.revisions().get(0).origin()).isEqualTo("model.safetensors changed");
      Files.writeString(weights, "half a file");
      await(server, 3, RevisionState.REFUSED);
      publish(3);
      List<DetectionEvent> events = sink.events();
      assertThat(events).extracting(e -> e.revision().id()).containsExactly(1L, 2L, 2L);
      assertThat(events.get(1).revision().weights())
          .isNotEqualTo(events.get(0).revision().weights());
      assertThat(events.get(2).revision().weights()).isEqualTo(events.get(1).revision().weights());
      assertThat(server.revisions().get(0).reason()).contains("model.safetensors");
    }
  }

  @Test
  void aFileThatGoesAndComesBackChangesNothing() throws Exception {
    Path weights = trained();
    try (Server server = start("model.weights.follow=true")) {
      publish(1);
      Path aside = Files.move(weights, folder.resolve("aside"));
      await(server, 2, RevisionState.REFUSED);
      assertThat(server.revisions().get(0).reason()).contains("model.safetensors", "is gone");
      publish(2);
      Files.move(aside, weights);
      // The watcher has looked by the time that a change of meaning is live.
      editMinScore();
      await(server, 3, RevisionState.LIVE);
      publish(3);
      changeABit(weights);
      await(server, 4, RevisionState.LIVE);
      publish(4);
      assertThat(server.revisions().get(0).origin()).isEqualTo("model.safetensors changed");
      List<DetectionEvent> events = sink.events();
      assertThat(events).extracting(e -> e.revision().id()).containsExactly(1L, 1L, 3L, 4L);
      assertThat(events.subList(0, 3))
          .extracting(e -> e.revision().weights())
          .containsOnly(events.get(0).revision().weights());
      assertThat(events.get(3).revision().weights())
          .isNotEqualTo(events.get(2).revision().weights());
    }
  }

  @Test
  void weightsOfAnotherModelAreRefused() throws Exception {
    Path weights = trained();
    try (Server server = start("model.weights.follow=true")) {
      Safetensors.write(weights, Map.of("other", Tensor.of(new float[1], 1)), Map.of());
      await(server, 2, RevisionState.REFUSED);
      assertThat(server.revisions().get(0).reason())
          .contains("model.weights", "does not fit the model", "1 surplus");
      publish(1);
      assertThat(sink.events().get(0).revision().id()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsFollowedUnasked() throws Exception {
    Path weights = trained();
    try (Server server = start()) {
      publish(1);
      changeABit(weights);
      // The watcher has looked by the time that a change of meaning is live.
      editMinScore();
      await(server, 2, RevisionState.LIVE);
      assertThat(server.revisions()).hasSize(2);
    }
  }

  @Test
  void aFileWithAHashDoesNotChange() throws Exception {
    trained();
    assertThatThrownBy(
            () -> start("model.weights.follow=true", "model.weights.sha256=" + "a".repeat(64)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.weights.follow")
        .hasMessageContaining("sha256");
  }

  private static void await(Server server, long id, RevisionState state) {
    Rig.await(
        "revision " + id + " to be " + state,
        () -> server.revisions().stream().anyMatch(r -> r.id() == id && r.state() == state));
  }
}
