package dev.millrace.pipeline.cli;

import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.video.Camera;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace publish}. */
@Command(
    name = "publish",
    description = "Publishes videos to the frames' topic, as cameras would.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The topic is created if it is not there.",
      "",
      "Examples:",
      "  millrace publish --video street.mp4 --camera gate-3",
      "  millrace publish --video street.mp4 --camera a --camera b --loop",
      "  millrace publish --video rtsp://camera.local/stream --camera yard --rate 5",
      "  millrace publish --video 'street://?light=night' --camera a --camera b",
      "  millrace publish --video street.mp4 --bootstrap kafka-1:9093 \\",
      "    --command-config client.properties",
    })
final class PublishCommand implements Runnable {

  /** Frames on their way to the brokers: enough to fill their batches, not to fill our memory. */
  private static final int IN_FLIGHT = 64;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CameraArguments arguments = new CameraArguments();
  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = "frames",
      description = "Topic of the frames (default: ${DEFAULT-VALUE})")
  String topic = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Of the topic, if it has to be created (default: ${DEFAULT-VALUE})")
  int partitions;

  @Option(names = "--loop", description = "Begin again at a file's end")
  boolean loop;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "End each camera after N frames")
  long limit;

  @Override
  public void run() {
    String mistake = arguments.mistake();
    if (mistake == null && (partitions < 1 || limit < 0)) {
      mistake = "--partitions is at least 1, --limit not negative";
    }
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    PrintWriter err = spec.commandLine().getErr();
    List<Camera> cameras = arguments.cameras(loop, limit);
    long total = arguments.frames(loop, limit);
    createTopic(err);
    AtomicLong sent = new AtomicLong();
    try (KafkaFramePublisher publisher =
            new KafkaFramePublisher(cluster.bootstrap, topic, cluster.properties());
        ProgressBar bar = new ProgressBar("publishing", total)) {
      Camera.all(cameras)
          .flatMap(
              f -> publisher.send(f.camera(), f.image(), f.capturedAt(), f.headers()), IN_FLIGHT, 1)
          .doOnNext(position -> bar.at(sent.incrementAndGet()))
          .blockLast();
    }
    err.printf(
        "%d frames of %d camera%s published to %s%n",
        sent.get(), cameras.size(), cameras.size() == 1 ? "" : "s", topic);
  }

  private void createTopic(PrintWriter err) {
    try (KafkaTopics topics = new KafkaTopics(cluster.bootstrap, cluster.properties())) {
      if (!topics.names().contains(topic)) {
        topics.create(List.of(new KafkaTopics.Topic(topic, partitions, 0)));
        err.println("created the topic " + topic + " with " + partitions + " partitions");
      }
    }
  }
}
