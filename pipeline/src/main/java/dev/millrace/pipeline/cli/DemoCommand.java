package dev.millrace.pipeline.cli;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.ReadFrom;
import dev.millrace.connectors.kafka.embedded.EmbeddedBroker;
import dev.millrace.connectors.street.StreetAddress;
import dev.millrace.connectors.video.EncodedFrame;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    description = "A Kafka broker, cameras and the pipeline in one process; shows what is found.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Without --video the cameras show synthetic streets. What is really in them is known, so precision"
          + " (P) and recall (R) of the last ten seconds are shown as well, at IoU 0.5.",
      "",
      "Files begin again at their end, until Ctrl-C or the end of --seconds. Then a summary; the exit"
          + " code is 0 only if every published frame came back as an event.",
      "",
      "While it runs, edit the configuration and see the revision change.",
      "",
      "Examples:",
      "  millrace demo",
      "  millrace demo --video street.mp4",
      "  millrace demo --video street.mp4 --cameras 4 --seconds 30",
      "  millrace demo --video 'street://?view=crossing&light=night' --cameras 3",
      "  millrace demo --video a.mp4 --video b.mp4 -o model.postprocessor.minScore=0.8",
    })
final class DemoCommand implements Callable<Integer> {

  private static final String FRAMES = "frames";
  private static final String EVENTS = "events";
  private static final String DEAD_LETTERS = "frames-dead-letters";
  private static final String STREET = "street://?fps=15";
  private static final Duration STALLED = Duration.ofSeconds(20);

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin DemoModel model = new DemoModel();
  @Mixin CameraArguments arguments = new CameraArguments();

  @Option(
      names = "--cameras",
      paramLabel = "N",
      description = "Cameras that show the one video (default: 2)")
  @Nullable Integer cameras;

  @Option(names = "--seconds", paramLabel = "N", description = "Publish for N seconds, then end")
  @Nullable Long seconds;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  @Override
  public Integer call() throws InterruptedException {
    nameCameras();
    Logs.quiet();
    Runtime.getRuntime().addShutdownHook(new Thread(this::finishOnSignal, "finish-demo"));
    PrintWriter err = spec.commandLine().getErr();
    try {
      err.println("starting a broker");
      try (EmbeddedBroker broker = EmbeddedBroker.start()) {
        createTopics(broker);
        err.println("building the model of " + config());
        try (Server server = serve(broker)) {
          err.printf(
              "console at http://127.0.0.1:%d, broker at %s%n",
              server.console().getPort(), broker.bootstrapServers());
          return show(broker, server);
        }
      }
    } finally {
      done.countDown();
    }
  }

  private void nameCameras() {
    if (arguments.videos.isEmpty()) {
      arguments.videos.add(STREET);
    }
    String mistake = arguments.mistake();
    if (mistake == null && cameras != null && (cameras < 1 || arguments.videos.size() > 1)) {
      mistake = "--cameras is a positive number of cameras for one video";
    }
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    if (arguments.names.isEmpty() && arguments.videos.size() == 1) {
      for (int i = 1; i <= (cameras == null ? 2 : cameras); i++) {
        arguments.names.add("camera-" + i);
      }
    }
  }

  private Path config() {
    return model.config(arguments.videos.stream().allMatch(StreetAddress::matches));
  }

  private void createTopics(EmbeddedBroker broker) {
    int partitions = Math.max(arguments.names.size(), arguments.videos.size());
    try (KafkaTopics topics = new KafkaTopics(broker.bootstrapServers(), Map.of())) {
      topics.create(
          List.of(
              new KafkaTopics.Topic(FRAMES, partitions, 1),
              new KafkaTopics.Topic(EVENTS, partitions, 1),
              new KafkaTopics.Topic(DEAD_LETTERS, 1, 1)));
    }
  }

  private Server serve(EmbeddedBroker broker) {
    List<String> overrides =
        new ArrayList<>(
            List.of(
                "source.bootstrapServers=" + broker.bootstrapServers(),
                "source.topic=" + FRAMES,
                "sink.bootstrapServers=" + broker.bootstrapServers(),
                "sink.eventsTopic=" + EVENTS,
                "sink.deadLetterTopic=" + DEAD_LETTERS,
                "console.port=0"));
    overrides.addAll(model.overrides); // last, so that they win
    return Server.start(
        new ServerOptions(config(), overrides, model.plugins, true),
        model.models(config()),
        new KafkaConnections(broker.bootstrapServers()));
  }

  private int show(EmbeddedBroker broker, Server server) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    DemoTally tally = new DemoTally();
    DemoAccuracy accuracy = new DemoAccuracy();
    DemoView view = new DemoView(out, Terminal.out());
    KafkaEventReader reader = new KafkaEventReader(broker.bootstrapServers(), Map.of());
    Disposable events =
        reader
            .events(EVENTS, ReadFrom.BEGINNING)
            .map(KafkaEventReader.Event::event)
            .subscribe(
                event -> {
                  Instant now = Instant.now();
                  accuracy.came(event, now); // first: the tally says when all are back
                  tally.came(event, now);
                  view.came(event, accuracy.recent(event.camera()), now);
                });
    Disposable dead =
        reader.deadLetters(DEAD_LETTERS, ReadFrom.BEGINNING).subscribe(letter -> tally.died());
    Instant begin = Instant.now();
    publish(
        broker,
        (frame, position) -> {
          accuracy.published(position, frame.headers());
          tally.published(frame.camera(), position);
        });
    awaitReturn(tally);
    events.dispose();
    dead.dispose();
    view.finish();
    out.println();
    out.print(tally.summary(Duration.between(begin, Instant.now())));
    out.print(accuracy.summary(minScore(server)));
    out.flush();
    return tally.complete() ? ExitCodes.OK : ExitCodes.FAILED;
  }

  /** What the configuration said of it, if no revision came after it. */
  private static @Nullable Double minScore(Server server) {
    Object said = server.config().model().postprocessor().arguments().get("minScore");
    return said instanceof Number number && server.revisions().size() == 1
        ? number.doubleValue()
        : null;
  }

  private void publish(EmbeddedBroker broker, BiConsumer<EncodedFrame, FramePosition> published)
      throws InterruptedException {
    try (KafkaFramePublisher publisher =
        new KafkaFramePublisher(broker.bootstrapServers(), FRAMES, Map.of())) {
      new Publishing(publisher, arguments.cameras(true, 0))
          .until(stop, seconds == null ? null : Duration.ofSeconds(seconds), published);
    }
  }

  /** As long as anything moves. */
  private void awaitReturn(DemoTally tally) throws InterruptedException {
    long back = -1;
    while (!tally.complete() && back != tally.back()) {
      back = tally.back();
      Instant end = Instant.now().plus(STALLED);
      while (!tally.complete() && back == tally.back() && Instant.now().isBefore(end)) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private void finishOnSignal() {
    stop.countDown();
    try {
      if (!done.await(60, TimeUnit.SECONDS)) {
        spec.commandLine().getErr().println("the demo did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
