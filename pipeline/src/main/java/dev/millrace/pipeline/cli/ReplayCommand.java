package dev.millrace.pipeline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.format.EventJson;
import dev.millrace.connectors.kafka.ClientAccess;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaEventSink;
import dev.millrace.connectors.kafka.KafkaFrameRange;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.OffsetRange;
import dev.millrace.connectors.kafka.ReadFrom;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.server.Replay;
import dev.millrace.pipeline.stream.FlowObserver;
import dev.millrace.pipeline.stream.Outcome;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace replay}. */
@Command(
    name = "replay",
    description =
        "Looks at frames again that are still on their topic, with a configuration of choice.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Nothing is committed and no group is joined: whoever serves these frames notices nothing."
          + " Events go to standard output as lines of JSON, to another topic (--out), or are"
          + " compared with those that are there (--diff). The same frames and the same model give"
          + " the same detections, byte by byte.",
      "",
      "Ends with 0; with --diff with 1 if anything differs.",
      "",
      "Examples:",
      "  millrace replay configs/demo.yaml --partition 2 --from 8000 --to 8100",
      "  millrace replay configs/candidate.yaml --diff",
      "  millrace replay configs/candidate.yaml --partition 0 --from 500 --out again",
    })
final class ReplayCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ModelOptions model = new ModelOptions();
  @Mixin BrokerOptions brokers = new BrokerOptions();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Topic of the frames (default: the configuration's, else frames)")
  @Nullable String topic;

  @Option(
      names = "--partition",
      paramLabel = "N",
      description = "A partition of it; repeatable (default: all)")
  List<Integer> partitions = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "OFFSET",
      defaultValue = "0",
      description = "The first frame of each of these partitions (default: what is kept)")
  long from;

  @Option(
      names = "--to",
      paramLabel = "OFFSET",
      description = "The offset after the last frame (default: the end)")
  @Nullable Long to;

  /** Where events go instead of standard output. */
  static final class Destination {

    @Option(
        names = "--out",
        paramLabel = "TOPIC",
        description = "Write events to this topic, dead letters to TOPIC-dead-letters")
    @Nullable String out;

    @Option(
        names = "--diff",
        paramLabel = "TOPIC",
        arity = "0..1",
        fallbackValue = "",
        description =
            "Compare with the events of this topic (default: the configuration's, else events)")
    @Nullable String diff;
  }

  @ArgGroup(exclusive = true)
  Destination destination = new Destination();

  @Override
  public Integer call() throws InterruptedException {
    long end = to == null ? Long.MAX_VALUE : to;
    if (from < 0 || end < from) {
      throw mistake("--from is 0 or more, --to not before it");
    }
    if (partitions.isEmpty() && (from > 0 || to != null)) {
      throw mistake("--from and --to are offsets of a partition: name it by --partition");
    }
    if (partitions.stream().anyMatch(p -> p < 0)) {
      throw mistake("--partition is 0 or more");
    }
    try (ModelOptions.Opened opened = model.open()) {
      LoadedConfig config = opened.config();
      KafkaSourceConfig source = config.config().source();
      String address = source == null ? brokers.bootstrap : source.bootstrapServers();
      Map<String, String> properties = ClientAccess.of(source == null ? null : source.properties());
      Map<Integer, OffsetRange> ranges = new HashMap<>();
      partitions.forEach(p -> ranges.put(p, new OffsetRange(from, end)));
      String frames =
          topic != null
              ? topic
              : source == null || source.topic() == null ? "frames" : source.topic();
      PrintWriter out = spec.commandLine().getOut();
      if (destination.out != null) {
        try (EventSink sink = sink(address, properties, destination.out)) {
          long count = run(opened, address, properties, frames, ranges, sink);
          spec.commandLine()
              .getErr()
              .printf("%d frames of %s answered on %s%n", count, frames, destination.out);
          return ExitCodes.OK;
        }
      }
      if (destination.diff != null) {
        String events = destination.diff.isEmpty() ? eventsTopic(config) : destination.diff;
        return diff(opened, address, properties, frames, ranges, events);
      }
      run(
          opened,
          address,
          properties,
          frames,
          ranges,
          new CallbackSink(
              event -> out.println(new String(EventJson.write(event), UTF_8)), this::reject));
      out.flush();
      return ExitCodes.OK;
    }
  }

  private int diff(
      ModelOptions.Opened opened,
      String address,
      Map<String, String> properties,
      String frames,
      Map<Integer, OffsetRange> ranges,
      String events) {
    EventDiff diff = new EventDiff();
    new KafkaEventReader(address, properties)
        .events(events, ReadFrom.BEGINNING_TO_END)
        .map(KafkaEventReader.Event::event)
        .filter(event -> within(event.frame().position(), frames, ranges))
        .doOnNext(diff::before)
        .blockLast();
    PrintWriter out = spec.commandLine().getOut();
    Consumer<DetectionEvent> compare =
        event -> {
          String line = diff.now(event);
          if (line != null) {
            out.println(line);
          }
        };
    try {
      run(opened, address, properties, frames, ranges, new CallbackSink(compare, this::reject));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCodes.FAILED;
    }
    diff.gone().forEach(out::println);
    out.println(diff.summary(events));
    out.flush();
    return diff.same() ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private static boolean within(
      FramePosition position, String frames, Map<Integer, OffsetRange> ranges) {
    if (!position.topic().equals(frames)) {
      return false;
    }
    OffsetRange range = ranges.isEmpty() ? OffsetRange.ALL : ranges.get(position.partition());
    return range != null && position.offset() >= range.from() && position.offset() < range.to();
  }

  private long run(
      ModelOptions.Opened opened,
      String address,
      Map<String, String> properties,
      String frames,
      Map<Integer, OffsetRange> ranges,
      EventSink sink)
      throws InterruptedException {
    LoadedConfig config = opened.config();
    List<Detector> detectors = model.build(opened, config.config().pipeline().lanes());
    AtomicLong done = new AtomicLong();
    try (KafkaFrameRange source = new KafkaFrameRange(address, properties, frames, ranges);
        ProgressBar bar = new ProgressBar("replay", 0)) {
      Replay.run(
          config.config().pipeline(),
          config.hash(),
          detectors,
          source,
          sink,
          new FlowObserver() {
            @Override
            public void delivered(Outcome outcome, long nanos) {
              bar.at(done.incrementAndGet());
            }
          });
      return done.get();
    } catch (ExecutionException e) {
      throw Mistakes.ended(e);
    }
  }

  private void reject(FramePosition position, String reason) {
    spec.commandLine().getErr().println(position + ": no event: " + EventText.clean(reason));
  }

  private static String eventsTopic(LoadedConfig config) {
    KafkaSinkConfig sink = config.config().sink();
    return sink == null ? "events" : sink.eventsTopicOrDefault();
  }

  private static EventSink sink(String address, Map<String, String> properties, String out) {
    String letters = out + "-dead-letters";
    try (KafkaTopics topics = new KafkaTopics(address, properties)) {
      List<KafkaTopics.Topic> missing = new ArrayList<>();
      for (String name : List.of(out, letters)) {
        if (!topics.names().contains(name)) {
          missing.add(new KafkaTopics.Topic(name, 1, 0));
        }
      }
      topics.create(missing);
    }
    return new KafkaEventSink(KafkaSinkConfig.of(address, out, letters).withProperties(properties));
  }

  private ParameterException mistake(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
