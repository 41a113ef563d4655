package dev.millrace.pipeline.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.engine.Natives;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionState;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two cameras, a real broker, the real model, and an editor: every stage is swapped while frames
 * flow. Of each revision's share of the frames a third is published before the edit, a third while
 * the next one is built, and a third right before the switch, which so falls among frames in
 * flight.
 */
@ExtendWith(SharedBroker.class)
class LiveSwapEndToEndTest {

  /**
   * A revision.
   *
   * @param yaml what the file says from then on
   * @param mark what all events of it have, and not all events of the one before
   */
  private record Swap(String name, String yaml, Predicate<DetectionEvent> mark) {}

  private static final String REAL = "_BASE_: coco/faster_rcnn_fbnetv3a_C4.yaml\n";
  private static final String THRESHOLD = "boxPredictor: {testScoreThresh: 0.5}";
  private static final String HEADS =
      REAL
          + """
          model:
            architecture:
              roiHeads:
                boxPooler: {samplingRatio: 2}
                boxPredictor: {testScoreThresh: 0.1, testNmsThresh: 0.4, testTopkPerImage: 3}
          """;

  private static final List<Swap> SWAPS =
      List.of(
          new Swap("start", REAL, e -> e.detections().size() > 3 && lowest(e) < 0.5),
          new Swap(
              "box predictor",
              REAL + "model: {architecture: {roiHeads: {" + THRESHOLD + "}}}\n",
              e -> lowest(e) >= 0.5),
          new Swap("ROI heads", HEADS, e -> e.detections().size() <= 3),
          new Swap("backbone", "_BASE_: examples/toy_backbone.yaml\n", e -> !isStreet(e)),
          new Swap("backbone back", HEADS, e -> e.detections().size() <= 3 && isStreet(e)),
          new Swap(
              "postprocessor",
              HEADS + "  postprocessor: {name: DetectionPostprocessor, maxDetections: 1}\n",
              e -> e.detections().size() <= 1),
          new Swap(
              "model",
              """
              _BASE_: examples/toy_backbone.yaml
              engine: {mode: eager}
              model:
                preprocessor: {name: ResizeShortestEdge, minSize: 224, maxSize: 400}
                architecture: {proposalGenerator: {postNmsTopk: 100}}
                weights: {seed: 3}
              """,
              e -> !isStreet(e)));

  @TempDir Path folder;

  @Test
  void everyStageIsSwappedWhileFramesFlow() {
    run(120);
  }

  @Test
  @Tag("slow")
  void everyStageIsSwappedWhileTheWholeVideoFlows() {
    run(Street.FRAMES);
  }

  private void run(int framesPerCamera) {
    ConfigFolder config = new ConfigFolder(folder);
    CountedModels models = new CountedModels(config.file());
    Path plugins = folder.resolve("plugins");
    ToyJar.into(plugins);
    List<Shot> shots = Street.shots(framesPerCamera);
    long openNatives = Natives.createdCount() - Natives.closedCount();
    long closedNatives = Natives.closedCount();
    long start = System.nanoTime();
    try (Room room = new Room(SharedBroker.bootstrapServers(), "swaps-" + framesPerCamera)) {
      String sections = room.sections(64);
      config.save(SWAPS.get(0).yaml() + sections);
      ServerOptions options = new ServerOptions(config.file(), List.of(), plugins, true);
      Server server = Server.start(options, models, new KafkaConnections("unused:1"));
      List<Integer> underWay = new ArrayList<>();
      List<Revision> before;
      try (server) {
        swapAll(config, models, shots, room, server, sections, underWay);
        room.awaitEvents(shots.size());
        agrees(server, shots.size());
        before = server.revisions();
      }
      everyFrameHasOneEvent(room.allEvents(), framesPerCamera, before);
      assertThat(room.letters()).isEmpty();
      assertThat(room.committed())
          .isEqualTo(Map.of(0, (long) framesPerCamera, 1, (long) framesPerCamera));
      assertThat(underWay).as("frames under way at each switch").anyMatch(frames -> frames > 0);
      nothingIsLeftOpen(server, models, openNatives);
      System.out.printf(
          "%d + %d frames, %d live swaps with %s frames under way, %.1f s; created = closed:"
              + " %d natives of models, %.0f image decoders, %d detectors, %.0f plugin loaders%n",
          framesPerCamera,
          framesPerCamera,
          SWAPS.size() - 1,
          underWay,
          (System.nanoTime() - start) / 1e9,
          Natives.closedCount() - closedNatives,
          count(server.metrics(), "closed", "image-decoder"),
          models.closed(),
          count(server.metrics(), "closed", "plugin-loader"));
    }
  }

  private static void swapAll(
      ConfigFolder config,
      CountedModels models,
      List<Shot> shots,
      Room room,
      Server server,
      String sections,
      List<Integer> underWay) {
    int share = shots.size() / SWAPS.size();
    for (int i = 0; i < SWAPS.size() - 1; i++) {
      long id = i + 1;
      List<Shot> own = shots.subList(i * share, (i + 1) * share);
      int third = share / 3;
      room.publish(own.subList(0, third));
      Await.until(
          "an event of revision " + id,
          () -> room.events().stream().anyMatch(e -> e.event().revision().id() == id),
          () -> room.events().size() + " events");
      assertThat(Metrics.get(server, "/health/ready").statusCode()).isEqualTo(200);
      int published = (i + 1) * share;
      models.whenBuilt(
          () -> {
            room.publish(own.subList(2 * third, share));
            underWay.add(published - room.events().size());
          });
      long natives = Natives.createdCount();
      config.save(SWAPS.get(i + 1).yaml() + sections);
      room.publish(own.subList(third, 2 * third));
      Await.until(
          "revision " + (id + 1) + ", " + SWAPS.get(i + 1).name(),
          () -> isLive(server, id + 1),
          server::revisions);
      if (SWAPS.get(i + 1).name().equals("postprocessor")) {
        assertThat(Natives.createdCount()).as("the network is shared").isEqualTo(natives);
      }
    }
    room.publish(shots.subList((SWAPS.size() - 1) * share, shots.size()));
  }

  private static boolean isLive(Server server, long id) {
    Revision newest = server.revisions().get(0);
    assertThat(newest.state())
        .as(newest.toString())
        .isNotIn(RevisionState.REFUSED, RevisionState.FAILED);
    return newest.id() == id && newest.state() == RevisionState.LIVE;
  }

  private static void everyFrameHasOneEvent(
      List<SeenEvent> events, int framesPerCamera, List<Revision> revisions) {
    assertThat(events).hasSize(2 * framesPerCamera);
    assertThat(events).allSatisfy(event -> assertThat(event.problems()).isEmpty());
    Map<Long, Revision> byId =
        revisions.stream().collect(Collectors.toMap(Revision::id, Function.identity()));
    assertThat(byId).hasSize(SWAPS.size());
    for (int camera = 0; camera < Street.CAMERAS.size(); camera++) {
      String name = Street.CAMERAS.get(camera);
      List<SeenEvent> own = events.stream().filter(e -> e.camera().equals(name)).toList();
      assertThat(own)
          .as("in order, none missing, none double")
          .extracting(e -> e.event().frame().offset())
          .containsExactlyElementsOf(LongStream.range(0, framesPerCamera).boxed().toList());
      assertThat(own).extracting(e -> e.event().frame().partition()).containsOnly(camera);
      assertThat(own).extracting(e -> e.event().revision().id()).isSorted();
    }
    for (SeenEvent event : events) {
      DetectionEvent.Source frame = event.event().frame();
      Revision revision = byId.get(event.event().revision().id());
      assertThat(event.record().headers())
          .containsEntry("ce_id", frame.topic() + "-" + frame.partition() + "-" + frame.offset());
      assertThat(event.event().revision().config()).isEqualTo(revision.config());
      assertThat(event.event().revision().weights()).isEqualTo(revision.weights());
    }
    for (int i = 0; i < SWAPS.size(); i++) {
      Swap swap = SWAPS.get(i);
      long id = i + 1;
      List<DetectionEvent> made =
          events.stream().map(SeenEvent::event).filter(e -> e.revision().id() == id).toList();
      assertThat(made).as("events of %s", swap.name()).isNotEmpty().allMatch(swap.mark());
    }
    assertThat(byId.get(5L).config()).as("back again").isEqualTo(byId.get(3L).config());
    assertThat(byId.values().stream().map(Revision::config).distinct()).hasSize(6);
  }

  /** The console's meters and the topic say the same. */
  private static void agrees(Server server, int frames) {
    Await.until(
        "all meters",
        () -> Metrics.scrape(server).value("millrace_frames_in_flight") == 0,
        server.metrics()::scrape);
    Metrics metrics = Metrics.scrape(server);
    for (String sample :
        List.of(
            "millrace_frames_in_total",
            "millrace_frames_out_total",
            "millrace_decode_seconds_count",
            "millrace_queue_seconds_count",
            "millrace_batch_size_sum",
            "millrace_publish_seconds_count",
            "millrace_frame_age_seconds_count")) {
      assertThat(metrics.value(sample)).as(sample).isEqualTo(frames);
    }
    assertThat(metrics.value("millrace_infer_seconds_count{lane=\"0\"}"))
        .isEqualTo(metrics.value("millrace_batch_size_count"))
        .isBetween(frames / 8.0, (double) frames);
    assertThat(metrics.value("millrace_lane_busy_seconds_total{lane=\"0\"}")).isPositive();
    assertThat(metrics.value("millrace_bytes_in_flight_bytes")).isZero();
    assertThat(metrics.value("millrace_sink_failures_total")).isZero();
    assertThat(metrics.value("millrace_revision_live")).isEqualTo(SWAPS.size());
    assertThat(metrics.value("millrace_revision_swaps_total")).isEqualTo(SWAPS.size() - 1);
    assertThat(metrics.value("millrace_revision_build_seconds_count")).isEqualTo(SWAPS.size());
    assertThat(metrics.value("millrace_revision_refusals_total{outcome=\"refused\"}")).isZero();
    assertThat(metrics.value("millrace_revision_refusals_total{outcome=\"failed\"}")).isZero();
  }

  private static void nothingIsLeftOpen(Server server, CountedModels models, long openNatives) {
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(openNatives);
    assertThat(models.created()).isEqualTo(SWAPS.size());
    assertThat(models.closed()).isEqualTo(SWAPS.size());
    for (String kind : List.of("model", "image-decoder", "plugin-loader")) {
      assertThat(count(server.metrics(), "opened", kind)).as(kind).isPositive();
    }
    for (String kind : List.of("image-decoder", "plugin-loader")) {
      assertThat(count(server.metrics(), "closed", kind))
          .as(kind)
          .isEqualTo(count(server.metrics(), "opened", kind));
    }
  }

  private static double count(MeterRegistry metrics, String what, String kind) {
    return metrics.get("millrace.resources." + what).tag("kind", kind).functionCounter().count();
  }

  private static double lowest(DetectionEvent event) {
    return event.detections().stream().mapToDouble(DetectedObject::score).min().orElse(1);
  }

  /** Whether a trained model looked at it: there are always people. */
  private static boolean isStreet(DetectionEvent event) {
    return event.detections().stream().anyMatch(d -> d.label().equals("person") && d.score() > 0.4);
  }
}
