package dev.millrace.pipeline.faults;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.ReadFrom;
import dev.millrace.pipeline.faults.Checker.Answer;
import dev.millrace.pipeline.faults.Checker.History;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Cameras that publish at a steady rate, instances of {@code millrace serve} in JVMs of their own,
 * and witnesses who write down what they see.
 */
final class Scene implements AutoCloseable {

  /** A network that costs little. */
  static final String MODEL =
      """
      model:
        classes: [{name: person, id: 1}]
        preprocessor: {name: ResizeShortestEdge, minSize: 32, maxSize: 64}
        architecture:
          name: GeneralizedRcnn
          backbone: {name: ResNet, depth: 18, stemOutChannels: 8, res2OutChannels: 8, norm: BN, outFeatures: [res3]}
          proposalGenerator:
            name: Rpn
            inFeatures: [res3]
            anchorGenerator: {name: DefaultAnchorGenerator, sizes: [[12, 24]], aspectRatios: [[1.0]]}
            head: {name: StandardRpnHead}
            postNmsTopk: 4
          roiHeads:
            name: StandardRoiHeads
            inFeatures: [res3]
            boxPooler: {resolution: 3, samplingRatio: 1}
            boxHead: {name: FastRcnnConvFcHead, fcDims: [16]}
            boxPredictor: {name: FastRcnnOutputLayers}
        postprocessor: {name: DetectionPostprocessor}
        weights: {initialize: ["**"], seed: 3}
      """;

  static final int PARTITIONS = 4;
  static final int IN_FLIGHT = 64;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String FRAMES = "frames";
  private static final String EVENTS = "events";
  private static final String LETTERS = "letters";
  private static final String GROUP = "faults";

  /** Every eighth frame is no picture, so that dead letters take part. */
  private static final int POISON_EVERY = 8;

  private final Path folder;
  private final String bootstrapServers;
  private final Map<String, List<FramePosition>> frames = new TreeMap<>();
  private final Set<FramePosition> answered = ConcurrentHashMap.newKeySet();
  private final List<Answer> seen = new CopyOnWriteArrayList<>();
  private final Map<Integer, List<Long>> commits = new TreeMap<>();
  private final KafkaFramePublisher publisher;
  private final Scheduler witness = Schedulers.newSingle("witness", true);
  private final Disposable.Composite watching = Disposables.composite();
  private final AtomicInteger published = new AtomicInteger();
  private final List<Jvm> instances = new ArrayList<>();
  private Disposable publishing = Disposables.disposed();
  private int started;

  Scene(Path folder, Brokers brokers) {
    this.folder = folder;
    this.bootstrapServers = brokers.bootstrapServers();
    int replicas = Math.min(3, brokers.count());
    try (KafkaTopics topics = brokers.topics()) {
      topics.create(
          List.of(
              new KafkaTopics.Topic(FRAMES, PARTITIONS, replicas),
              new KafkaTopics.Topic(EVENTS, PARTITIONS, replicas),
              new KafkaTopics.Topic(LETTERS, 1, replicas)));
    }
    publisher = new KafkaFramePublisher(bootstrapServers, FRAMES, Map.of());
    watch();
  }

  private void watch() {
    KafkaEventReader reader = new KafkaEventReader(bootstrapServers, Map.of());
    watching.add(
        Flux.defer(() -> answers(reader, ReadFrom.BEGINNING))
            .doOnNext(
                answer -> {
                  seen.add(answer);
                  answered.add(answer.frame());
                })
            .retry() // a witness whose broker is killed looks again, from the start
            .subscribe());
    Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    watching.add(admin::close);
    watching.add(
        witness.schedulePeriodically(() -> lookAtCommits(admin), 0, 200, TimeUnit.MILLISECONDS));
  }

  private static Flux<Answer> answers(KafkaEventReader reader, ReadFrom from) {
    return Flux.merge(
        reader
            .events(EVENTS, from)
            .map(e -> new Answer(e.event().camera(), e.event().frame().position(), e.position())),
        reader
            .deadLetters(LETTERS, from)
            .map(l -> new Answer(l.frame().camera(), l.frame().position(), l.position())));
  }

  private void lookAtCommits(Admin admin) {
    try {
      admin
          .listConsumerGroupOffsets(GROUP)
          .partitionsToOffsetAndMetadata()
          .get(2, TimeUnit.SECONDS)
          .forEach(
              (partition, offset) -> {
                if (offset != null) {
                  commits
                      .computeIfAbsent(partition.partition(), p -> new CopyOnWriteArrayList<>())
                      .add(offset.offset());
                }
              });
    } catch (ExecutionException | TimeoutException e) {
      // No broker to ask, or no group yet.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A configuration of a network that costs little. */
  Path config(String delivery, Map<String, String> consumer) {
    StringBuilder properties = new StringBuilder();
    consumer.forEach(
        (name, value) -> properties.append("    ").append(name + ": \"" + value + "\"\n"));
    String text =
        MODEL
            + """
        engine: {device: cpu, threads: 1}
        pipeline: {delivery: %s, shutdownTimeout: 10s, lanes: 2}
        console: {port: 0}
        source:
          bootstrapServers: "%s"
          topic: %s
          group: %s
          maxFramesInFlight: %d
          drainTimeout: PT2S
          properties:
            session.timeout.ms: "3000"
            heartbeat.interval.ms: "500"
        %ssink: {bootstrapServers: "%s", eventsTopic: %s, deadLetterTopic: %s, drainTimeout: PT3S}
        """
                .formatted(
                    delivery,
                    bootstrapServers,
                    FRAMES,
                    GROUP,
                    IN_FLIGHT,
                    properties,
                    bootstrapServers,
                    EVENTS,
                    LETTERS);
    if ("consumer".equals(consumer.get("group.protocol"))) {
      text = text.replaceAll("    (session.timeout|heartbeat.interval).ms: .*\n", "");
    }
    try {
      return Files.writeString(folder.resolve("serve-" + delivery + ".yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another {@code millrace serve}. */
  Jvm serve(Path config) {
    Jvm instance = serve(folder.resolve("serve-" + started++ + ".log"), config);
    instances.add(instance);
    return instance;
  }

  static Jvm serve(Path log, Path config) {
    return millrace(log, "serve", config.toString());
  }

  /** The command line in a JVM of its own. */
  static Jvm millrace(Path log, String... arguments) {
    return new Jvm(
        log,
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Djava.awt.headless=true",
            "-Dai.djl.offline=true",
            "-Dai.djl.onnx.disable_alternative=true"),
        "dev.millrace.pipeline.cli.Main",
        List.of(arguments));
  }

  /** Publishes in the background, a frame of each camera in turn. */
  void publish(int count, int perSecond) {
    publish(count, perSecond, () -> true);
  }

  /**
   * Publishes in the background, {@code least} frames or as many more as it takes until it is over.
   */
  void publish(int least, int perSecond, BooleanSupplier over) {
    byte[] picture = picture();
    Instant start = Instant.now();
    publishing =
        Flux.interval(Duration.ofNanos(1_000_000_000L / perSecond))
            .onBackpressureBuffer()
            .takeUntil(i -> i + 1 >= least && over.getAsBoolean())
            .concatMap(
                i -> {
                  String camera = "camera-" + i % (2 * PARTITIONS);
                  byte[] value = i % POISON_EVERY == 5 ? new byte[] {1, 2, 3} : picture;
                  return publisher
                      .send(camera, value, start.plusMillis(i))
                      .doOnNext(
                          at -> {
                            synchronized (frames) {
                              frames.computeIfAbsent(camera, c -> new ArrayList<>()).add(at);
                            }
                            published.incrementAndGet();
                          });
                },
                1)
            .subscribe(at -> {}, error -> System.err.println("publishing ended: " + error));
  }

  /** Who is in the group, by what its coordinator calls them. */
  String members() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return admin
          .describeConsumerGroups(List.of(GROUP))
          .all()
          .get(10, TimeUnit.SECONDS)
          .get(GROUP)
          .members()
          .stream()
          .map(member -> member.consumerId())
          .sorted()
          .toList()
          .toString();
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  int published() {
    return published.get();
  }

  int answered() {
    return answered.size();
  }

  void awaitAnswers(int count) {
    Faults.until(
        count + " answers, there are " + answered() + "; " + tails(),
        PATIENCE,
        () -> answered() >= count);
  }

  /** Waits until all frames are answered; where that takes too long the checker tells the rest. */
  void settle() {
    try {
      Faults.until("the cameras to end", PATIENCE, publishing::isDisposed);
      Faults.until(published() + " answers", PATIENCE, () -> answered() >= published());
    } catch (AssertionError e) {
      System.err.println(e.getMessage() + "\n" + tails());
    }
  }

  /** Waits as {@link #settle}, stops what runs and collects what there is to know. */
  History end() {
    settle();
    for (Jvm instance : instances) {
      if (instance.alive()) {
        instance.stop();
      }
    }
    Faults.sleep(Duration.ofMillis(500));
    watching.dispose();
    List<Answer> all =
        Objects.requireNonNull(
            answers(new KafkaEventReader(bootstrapServers, Map.of()), ReadFrom.BEGINNING_TO_END)
                .collectList()
                .block(PATIENCE));
    synchronized (frames) {
      return new History(Map.copyOf(frames), all, List.copyOf(seen), Map.copyOf(commits));
    }
  }

  private String tails() {
    StringBuilder text = new StringBuilder();
    instances.forEach(instance -> text.append("---\n").append(instance.tail()).append('\n'));
    return text.toString();
  }

  private static byte[] picture() {
    BufferedImage image = new BufferedImage(48, 32, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D pen = image.createGraphics();
    pen.setColor(Color.ORANGE);
    pen.fillOval(10, 5, 20, 20);
    pen.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    watching.dispose();
    witness.dispose();
    instances.forEach(Jvm::close);
    publisher.close();
  }
}
