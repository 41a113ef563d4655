package dev.millrace.pipeline.cli;

import dev.millrace.components.image.ImageLimits;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.format.EventJson;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.ReadFrom;
import dev.millrace.pipeline.server.ImageFrameDecoder;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** {@code millrace watch}. */
@Command(
    name = "watch",
    description = "Shows detection events as they come: as text, as JSON, or drawn into pictures.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Pictures need the frames' topic, where the frame of each event is read again. Drawn are"
          + " boxes, masks, keypoints with a person's skeleton, and a panoptic model's segments.",
      "",
      "Examples:",
      "  millrace watch",
      "  millrace watch --from beginning --json | jq .detections[].label",
      "  millrace watch --camera gate-3 --snapshot gate.png",
      "  millrace watch --camera gate-3 --seconds 60 --video gate.mp4",
    })
final class WatchCommand implements Runnable {

  /** Which events. */
  enum Start {
    beginning,
    latest
  }

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = "events",
      description = "Topic of the events (default: ${DEFAULT-VALUE})")
  String topic = "";

  @Option(
      names = "--from",
      paramLabel = "beginning|latest",
      defaultValue = "latest",
      description = "All that are kept, or those that come (default: ${DEFAULT-VALUE})")
  Start from = Start.latest;

  @Option(names = "--camera", paramLabel = "NAME", description = "Only this camera's events")
  @Nullable String camera;

  @Option(names = "--json", description = "Each event as a line of JSON")
  boolean json;

  @Option(names = "--count", paramLabel = "N", description = "End after N events")
  @Nullable Long count;

  @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds")
  @Nullable Long seconds;

  @Option(
      names = "--snapshot",
      paramLabel = "FILE.png",
      description =
          "Write the next frame in which something was found, with what was found drawn, and end")
  @Nullable Path snapshot;

  @Option(
      names = "--video",
      paramLabel = "FILE.mp4",
      description =
          "Write the frames of one camera, with what was found drawn, until the end or Ctrl-C")
  @Nullable Path video;

  @Option(
      names = "--fps",
      paramLabel = "N",
      defaultValue = "10",
      description = "Frames a second of the video (default: ${DEFAULT-VALUE})")
  double framesPerSecond;

  @Override
  public void run() {
    if (!(framesPerSecond > 0 && framesPerSecond <= 1000)) {
      throw mistake("--fps is more than 0, at most 1000, found " + framesPerSecond);
    }
    if (count != null && count < 1) {
      throw mistake("--count is at least 1, found " + count);
    }
    if (seconds != null && (seconds < 1 || seconds > 1_000_000_000)) {
      throw mistake("--seconds is 1 to 1000000000, found " + seconds);
    }
    if (snapshot != null) {
      Snapshot.write(events(), pictures(), snapshot);
    } else if (video != null) {
      VideoFile.write(events(), pictures(), video, framesPerSecond, spec.commandLine().getErr());
    } else {
      PrintWriter out = spec.commandLine().getOut();
      events().doOnNext(event -> out.println(show(event))).blockLast();
    }
  }

  private ParameterException mistake(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private String show(DetectionEvent event) {
    return json
        ? new String(EventJson.write(event), StandardCharsets.UTF_8)
        : EventText.line(event);
  }

  private Flux<DetectionEvent> events() {
    Flux<DetectionEvent> events =
        new KafkaEventReader(cluster.bootstrap, cluster.properties())
            .events(topic, from == Start.beginning ? ReadFrom.BEGINNING : ReadFrom.LATEST)
            .map(KafkaEventReader.Event::event)
            .filter(event -> camera == null || camera.equals(event.camera()));
    if (seconds != null) {
      events = events.take(Duration.ofSeconds(seconds));
    }
    return count == null ? events : events.take(count);
  }

  private AnnotatedFrames pictures() {
    return new AnnotatedFrames(cluster, new ImageFrameDecoder(ImageLimits.DEFAULT));
  }
}
