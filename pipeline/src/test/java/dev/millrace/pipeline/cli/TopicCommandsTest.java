package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.ReadFrom;
import dev.millrace.connectors.kafka.embedded.EmbeddedBroker;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import dev.millrace.pipeline.training.TinyTraining;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with frames that lie on their topic: replay, and dead letters. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicCommandsTest {

  private static final Instant TAKEN = Instant.parse("2026-11-23T06:52:11.031Z");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int GOOD = 24;
  private static final String BIG = "big";

  @TempDir static Path folder;
  private EmbeddedBroker broker;
  private final List<FramePosition> positions = new ArrayList<>();
  private FramePosition oversized;

  private record Ran(int code, String out, String err) {}

  private Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Ran(code, out.toString(), err.toString());
  }

  private Path config(String name, String maxFrameBytes, String minScore) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        TinyTraining.CONFIG.replace(
                "{name: DetectionPostprocessor}",
                "{name: DetectionPostprocessor, minScore: " + minScore + "}")
            + """
            pipeline: {maxFrameBytes: %s}
            console: {port: 0}
            source: {bootstrapServers: "%s", topic: shots, group: served}
            sink: {bootstrapServers: "%2$s", eventsTopic: seen, deadLetterTopic: unseen}
            """
                .formatted(maxFrameBytes, broker.bootstrapServers()));
  }

  /** Good frames, one that is larger than a first configuration allows, and one that is none. */
  @BeforeAll
  void publishAndServe() throws IOException {
    broker = EmbeddedBroker.start();
    try (KafkaTopics topics = new KafkaTopics(broker.bootstrapServers(), Map.of());
        KafkaFramePublisher publisher =
            new KafkaFramePublisher(broker.bootstrapServers(), "shots", Map.of())) {
      topics.create(
          List.of(new KafkaTopics.Topic("shots", 2, 1), new KafkaTopics.Topic("mended", 1, 1)));
      for (int i = 0; i < GOOD; i++) {
        positions.add(
            publisher
                .send("camera-" + i % 3, picture(i, 96), TAKEN.plusSeconds(i))
                .block(PATIENCE));
      }
      oversized =
          Objects.requireNonNull(
              publisher
                  .send(BIG, picture(99, 400), TAKEN, Map.of("site", "north"))
                  .block(PATIENCE));
      publisher.send("camera-0", new byte[] {1, 2, 3}, TAKEN).block(PATIENCE);
    }
    serve(config("served.yaml", "20KiB", "0.05"), "seen", GOOD, 2);
  }

  @AfterAll
  void close() {
    broker.close();
  }

  private void serve(Path config, String topic, int events, int letters) {
    ModelOptions options = new ModelOptions();
    options.config = config;
    try (Server server =
        Server.start(
            new ServerOptions(config, List.of(), null, false),
            options.models(),
            new KafkaConnections("unused:1"))) {
      assertThat(server.ended()).isNotDone();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (events(topic).size() < events || letters().size() < letters) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private KafkaEventReader reader() {
    return new KafkaEventReader(broker.bootstrapServers(), Map.of());
  }

  private List<KafkaEventReader.Event> events(String topic) {
    return Objects.requireNonNull(
        reader().events(topic, ReadFrom.BEGINNING_TO_END).collectList().block(PATIENCE));
  }

  private List<KafkaEventReader.DeadLetter> letters() {
    return Objects.requireNonNull(
        reader().deadLetters("unseen", ReadFrom.BEGINNING_TO_END).collectList().block(PATIENCE));
  }

  private static byte[] picture(int seed, int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_3BYTE_BGR);
    Random random = new Random(seed);
    Graphics2D pen = image.createGraphics();
    for (int i = 0; i < size * size / 40; i++) {
      pen.setColor(new Color(random.nextInt(1 << 24)));
      pen.fillRect(random.nextInt(size), random.nextInt(size), 4, 4);
    }
    pen.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  /** Frame and detections of each event as they were written. */
  private static List<String> detections(String json) {
    return json.lines()
        .map(line -> line.replaceFirst("\"revision\":\\{[^}]*},", ""))
        .map(line -> line.replaceFirst(",\"timings\":.*", ""))
        .sorted()
        .toList();
  }

  @Test
  void theSameFramesAndTheSameModelGiveTheSameDetections() throws IOException {
    String config = config("served.yaml", "20KiB", "0.05").toString();
    Ran first = run("replay", config);
    Ran second = run("replay", config, "-o", "pipeline.maxBatch=3");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(detections(first.out())).hasSize(GOOD).isEqualTo(detections(second.out()));
    assertThat(first.out()).contains("\"score\"");
    assertThat(first.err()).contains(oversized + ": no event: ");

    Ran same = run("replay", config, "--diff");
    assertThat(same.code()).as(same.out() + same.err()).isZero();
    assertThat(same.out())
        .isEqualTo(
            GOOD
                + " frames as on seen, 0 different, 0 without an event there, 0 without one now\n");
  }

  @Test
  void aCandidateIsComparedWithWhatIsServed() throws IOException {
    Ran ran = run("replay", config("candidate.yaml", "20KiB", "0.99").toString(), "--diff");
    assertThat(ran.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.out()).contains("->  nothing").contains(GOOD + " different");
  }

  @Test
  void aRangeIsReplayedToAnotherTopic() throws IOException {
    String config = config("served.yaml", "20KiB", "0.05").toString();
    int partition = positions.get(0).partition();
    long last = positions.stream().filter(p -> p.partition() == partition).count();
    Ran ran =
        run(
            "replay",
            config,
            "--partition",
            "" + partition,
            "--from",
            "1",
            "--to",
            "3",
            "--out",
            "again");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(last).isGreaterThan(3);
    assertThat(
            reader()
                .events("again", ReadFrom.BEGINNING_TO_END)
                .map(e -> e.event().frame().position())
                .collectList()
                .block(PATIENCE))
        .containsExactly(
            new FramePosition("shots", partition, 1), new FramePosition("shots", partition, 2));
  }

  @Test
  void whatCannotBeReplayedIsTold() throws IOException {
    String config = config("served.yaml", "20KiB", "0.05").toString();
    assertThat(run("replay", config, "--from", "3").err()).contains("--partition");
    assertThat(run("replay", config, "--partition", "0", "--from", "3", "--to", "2").code())
        .isEqualTo(ExitCodes.USAGE);
    Ran nowhere = run("replay", config, "--partition", "7");
    assertThat(nowhere.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(nowhere.err()).contains("there is no partition 7");
  }

  @Test
  void deadLettersAreListedShownAndRequeued() throws IOException {
    String[] where = {"--bootstrap", broker.bootstrapServers(), "--topic", "unseen"};
    Ran listed = run("dlq", "list", where[0], where[1], where[2], where[3]);
    assertThat(listed.code()).as(listed.err()).isZero();
    assertThat(listed.out().lines()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(listed.out()).contains(oversized.id()).contains("oversized");
    assertThat(run("dlq", "list", "--counts", where[0], where[1], where[2], where[3]).out())
        .contains("1  oversized");

    Path saved = folder.resolve("saved.png");
    Ran shown =
        run(
            "dlq",
            "show",
            oversized.id(),
            "--save",
            saved.toString(),
            where[0],
            where[1],
            where[2],
            where[3]);
    assertThat(shown.out()).contains("camera    big").contains("header    site: north");
    assertThat(Files.readAllBytes(saved)).isEqualTo(picture(99, 400));
    assertThat(run("dlq", "show", "shots-9-9", where[0], where[1], where[2], where[3]).err())
        .contains("there is no dead letter of shots-9-9");
    assertThat(run("dlq", "requeue", where[0], where[1], where[2], where[3]).code())
        .isEqualTo(ExitCodes.USAGE);

    Ran dry =
        run("dlq", "requeue", "--camera", BIG, "--dry-run", where[0], where[1], where[2], where[3]);
    assertThat(dry.err()).contains("1 frames would be requeued");
    Ran requeued =
        run(
            "dlq",
            "requeue",
            "--reason",
            "oversized",
            "--to",
            "mended",
            where[0],
            where[1],
            where[2],
            where[3]);
    assertThat(requeued.code()).as(requeued.err()).isZero();
    assertThat(requeued.err()).contains("1 frames requeued");
    FrameRecord again =
        Objects.requireNonNull(
            reader().frames("mended", ReadFrom.BEGINNING_TO_END).blockFirst(PATIENCE));
    assertThat(again.camera()).isEqualTo(BIG);
    assertThat(again.value()).isEqualTo(picture(99, 400));
    assertThat(again.capturedAt()).isEqualTo(TAKEN);
    assertThat(again.headers())
        .containsEntry("site", "north")
        .containsEntry("millrace-requeued", oversized.id());

    // What was in its way is mended: now it is seen.
    Path mended = config("mended.yaml", "16MiB", "0.05");
    Files.writeString(
        mended,
        Files.readString(mended)
            .replace("topic: shots", "topic: mended")
            .replace("eventsTopic: seen", "eventsTopic: mended-seen"));
    serve(mended, "mended-seen", 1, 2);
    assertThat(events("mended-seen"))
        .extracting(e -> e.event().frame().position())
        .containsExactly(again.position());
  }
}
