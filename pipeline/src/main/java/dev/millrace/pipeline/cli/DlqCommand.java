package dev.millrace.pipeline.cli;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.DeadLetterHeaders;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaEventReader.DeadLetter;
import dev.millrace.connectors.kafka.KafkaFrameLookup;
import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.ReadFrom;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** {@code millrace dlq}. */
@Command(
    name = "dlq",
    description = "Dead letters: frames that could not be processed, and why.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DlqCommand.ListCommand.class,
      DlqCommand.ShowCommand.class,
      DlqCommand.RequeueCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  millrace dlq list",
      "  millrace dlq show frames-2-8123 --save frame.jpg",
      "  millrace dlq requeue --reason processing-failed",
    })
final class DlqCommand {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private DlqCommand() {}

  /** Where the letters are, and which of them. */
  static final class Letters {

    @Mixin ClusterOptions cluster = new ClusterOptions();

    @Option(
        names = "--topic",
        paramLabel = "TOPIC",
        defaultValue = "frames-dead-letters",
        description = "Topic of the dead letters (default: ${DEFAULT-VALUE})")
    String topic = "";

    @Option(names = "--reason", paramLabel = "CODE", description = "Only those with this reason")
    @Nullable String reason;

    @Option(names = "--camera", paramLabel = "NAME", description = "Only this camera's")
    @Nullable String camera;

    /** Of several letters of one frame each. */
    Flux<DeadLetter> chosen() {
      return new KafkaEventReader(cluster.bootstrap, cluster.properties())
          .deadLetters(topic, ReadFrom.BEGINNING_TO_END)
          .filter(letter -> reason == null || reason.equals(letter.reason().code()))
          .filter(letter -> camera == null || camera.equals(letter.frame().camera()));
    }

    boolean narrowed() {
      return reason != null || camera != null;
    }
  }

  /** {@code millrace dlq list}. */
  @Command(
      name = "list",
      description = "A line for each dead letter: frame, time, camera, bytes, reason.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Examples:",
        "  millrace dlq list --camera gate-3",
        "  millrace dlq list --counts",
        "  millrace dlq list --bootstrap kafka-1:9093 --command-config client.properties",
      })
  static final class ListCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Letters letters = new Letters();

    @Option(names = "--counts", description = "How many of each reason instead")
    boolean counts;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      if (counts) {
        Map<String, Integer> found = new TreeMap<>();
        letters.chosen().toStream().forEach(l -> found.merge(l.reason().code(), 1, Integer::sum));
        found.forEach((code, count) -> out.printf("%7d  %s%n", count, EventText.clean(code)));
      } else {
        letters.chosen().toStream().forEach(letter -> out.println(line(letter)));
      }
      out.flush();
    }

    private static String line(DeadLetter letter) {
      FrameRecord frame = letter.frame();
      return String.join(
          "  ",
          frame.position().id(),
          frame.capturedAt().toString(),
          frame.camera().isEmpty() ? "-" : EventText.clean(frame.camera()),
          (letter.omittedBytes() > 0 ? letter.omittedBytes() : frame.value().length) + " bytes",
          EventText.clean(letter.reason().code()),
          EventText.clean(letter.reason().message()));
    }
  }

  /** {@code millrace dlq show}. */
  @Command(
      name = "show",
      description = "All that is known of one dead letter.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  millrace dlq show frames-2-8123 --save frame.jpg"})
  static final class ShowCommand implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Letters letters = new Letters();

    @Parameters(paramLabel = "FRAME", description = "As list shows it: TOPIC-PARTITION-OFFSET")
    String id = "";

    @Option(names = "--save", paramLabel = "FILE", description = "Write the frame's bytes there")
    @Nullable Path save;

    @Override
    public void run() {
      DeadLetter letter =
          letters
              .chosen()
              .filter(l -> l.frame().position().id().equals(id))
              .reduce((first, later) -> later)
              .block();
      if (letter == null) {
        throw new FailedException(
            "there is no dead letter of "
                + id
                + " on "
                + letters.topic
                + ". See: millrace dlq list");
      }
      PrintWriter out = spec.commandLine().getOut();
      FrameRecord frame = letter.frame();
      out.println("frame     " + frame.position());
      out.println("letter    " + letter.position());
      out.println("camera    " + EventText.clean(frame.camera()));
      out.println("captured  " + frame.capturedAt());
      out.println("reason    " + EventText.clean(letter.reason().code()));
      out.println("          " + EventText.clean(letter.reason().message()));
      new TreeMap<>(frame.headers())
          .forEach(
              (name, value) ->
                  out.println(
                      "header    " + EventText.clean(name) + ": " + EventText.clean(value)));
      out.println(
          letter.omittedBytes() > 0
              ? "value     "
                  + letter.omittedBytes()
                  + " bytes that the letter was too small for; they lie at "
                  + frame.position()
              : "value     " + frame.value().length + " bytes");
      out.flush();
      if (save != null) {
        write(whole(letters.cluster, letter));
      }
    }

    private void write(FrameRecord frame) {
      try {
        Files.write(Objects.requireNonNull(save), frame.value());
      } catch (IOException e) {
        throw new FailedException(save + ": cannot be written: " + e.getMessage());
      }
    }
  }

  /** {@code millrace dlq requeue}. */
  @Command(
      name = "requeue",
      description = "Publishes frames again that are dead letters, to be looked at once more.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "They go to the end of the topic that they came from, with their key, headers and time and"
            + " the header "
            + RequeueCommand.HEADER
            + ". The letters stay where they are: what was requeued and fails again is there twice."
            + " A frame that fails in the same way is not helped: mend what its reason says first.",
        "",
        "Examples:",
        "  millrace dlq requeue frames-2-8123 frames-2-8130",
        "  millrace dlq requeue --reason processing-failed --dry-run",
        "  millrace dlq requeue --all --to frames-again",
      })
  static final class RequeueCommand implements Callable<Integer> {
    static final String HEADER = "millrace-requeued";
    private static final int AT_ONCE = 32;

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Letters letters = new Letters();

    @Parameters(paramLabel = "FRAME", arity = "0..*", description = "As list shows them")
    List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "Every dead letter of the topic")
    boolean all;

    @Option(
        names = "--to",
        paramLabel = "TOPIC",
        description = "Another topic than the one that they came from")
    @Nullable String to;

    @Option(names = "--dry-run", description = "Say which, and do nothing")
    boolean dryRun;

    @Override
    public Integer call() {
      if (ids.isEmpty() && !letters.narrowed() && !all) {
        throw new ParameterException(
            spec.commandLine(), "which ones? Name frames, --reason, --camera or --all");
      }
      Set<String> wanted = new HashSet<>(ids);
      Set<FramePosition> taken = new HashSet<>(); // of several letters of a frame one
      Flux<DeadLetter> chosen =
          letters
              .chosen()
              .filter(l -> ids.isEmpty() || wanted.contains(l.frame().position().id()))
              .filter(l -> taken.add(l.frame().position()));
      PrintWriter err = spec.commandLine().getErr();
      if (dryRun) {
        PrintWriter out = spec.commandLine().getOut();
        chosen.toStream().forEach(letter -> out.println(ListCommand.line(letter)));
        out.flush();
      } else {
        send(chosen);
      }
      taken.forEach(position -> wanted.remove(position.id()));
      wanted.forEach(id -> err.println(id + ": there is no dead letter of it"));
      err.printf("%d frames %s%n", taken.size(), dryRun ? "would be requeued" : "requeued");
      return wanted.isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void send(Flux<DeadLetter> chosen) {
      Map<String, KafkaFramePublisher> publishers = new HashMap<>();
      try (ProgressBar bar = new ProgressBar("requeue", 0)) {
        long[] done = {0};
        chosen
            .flatMapSequential(
                letter -> {
                  FrameRecord frame = whole(letters.cluster, letter);
                  Map<String, String> headers = new HashMap<>(frame.headers());
                  headers.put(HEADER, frame.position().id());
                  return publishers
                      .computeIfAbsent(
                          to == null ? frame.position().topic() : to,
                          name ->
                              new KafkaFramePublisher(
                                  letters.cluster.bootstrap, name, letters.cluster.properties()))
                      .send(frame.camera(), frame.value(), frame.capturedAt(), headers);
                },
                AT_ONCE,
                1)
            .doOnNext(position -> bar.at(++done[0]))
            .blockLast();
      } finally {
        publishers.values().forEach(KafkaFramePublisher::close);
      }
    }
  }

  /** The frame of a letter; what the letter was too small for is read from where it came from. */
  private static FrameRecord whole(ClusterOptions cluster, DeadLetter letter) {
    FrameRecord known = letter.frame();
    if (letter.omittedBytes() == 0) {
      return known;
    }
    try (KafkaFrameLookup lookup = new KafkaFrameLookup(cluster.bootstrap, cluster.properties())) {
      Optional<FrameRecord> found = lookup.find(known.position(), PATIENCE);
      FrameRecord frame =
          found.orElseThrow(
              () ->
                  new FailedException(
                      known.position()
                          + ": its letter holds no bytes, and it is no longer on its topic"));
      return new FrameRecord(
          frame.position(),
          frame.epoch(),
          frame.camera(),
          frame.value(),
          DeadLetterHeaders.original(frame.headers()),
          frame.capturedAt());
    }
  }
}
