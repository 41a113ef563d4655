package dev.millrace.pipeline.bench;

import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.embedded.EmbeddedBroker;
import dev.millrace.pipeline.server.Connections;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.ModelFactory;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/** The whole flow on an embedded broker whose topic was filled before. */
final class StreamRun implements AutoCloseable {

  private static final String FRAMES = "frames";
  private static final String EVENTS = "events";
  private static final String DEAD = "frames-dead-letters";

  private final EmbeddedBroker broker = EmbeddedBroker.start();
  private final ServerOptions options;
  private final ModelFactory models;
  private int runs;

  /** What one run showed. */
  record Result(double framesPerSecond, int frames, double seconds, Map<String, Long> threads) {}

  /**
   * @param cameras one partition each
   * @param count frames in all, the given ones over and over
   */
  StreamRun(
      ServerOptions options, ModelFactory models, List<byte[]> frames, int cameras, int count) {
    this.options = options;
    this.models = models;
    try (KafkaTopics topics = new KafkaTopics(broker.bootstrapServers(), Map.of());
        KafkaFramePublisher publisher =
            new KafkaFramePublisher(broker.bootstrapServers(), FRAMES, Map.of())) {
      topics.create(
          List.of(
              new KafkaTopics.Topic(FRAMES, cameras, 1),
              new KafkaTopics.Topic(EVENTS, cameras, 1),
              new KafkaTopics.Topic(DEAD, 1, 1)));
      Instant start = Instant.now();
      Flux.range(0, count)
          .flatMap(
              i ->
                  publisher.send(
                      "camera-" + i % cameras, frames.get(i % frames.size()), start.plusMillis(i)),
              256)
          .blockLast();
    }
  }

  /**
   * Reads the topic from its start; times from the first tenth of {@code count} on.
   *
   * @param more overrides of the configuration
   */
  Result run(int count, List<String> more) throws InterruptedException {
    AtomicInteger safe = new AtomicInteger();
    String group = "bench-" + runs++;
    Connections connections =
        config -> {
          Connections.Ends ends =
              KafkaConnections.open(
                  KafkaSourceConfig.of(broker.bootstrapServers(), FRAMES, group),
                  KafkaSinkConfig.of(broker.bootstrapServers(), EVENTS, DEAD),
                  config.pipeline());
          return new Connections.Ends(ends.source(), new CountingSink(ends.sink(), safe));
        };
    List<String> overrides = new ArrayList<>(options.overrides());
    overrides.addAll(more);
    ServerOptions changed =
        new ServerOptions(options.config(), overrides, options.plugins(), options.watch());
    try (Server server = Server.start(changed, models, connections)) {
      int first = Math.max(1, count / 10);
      await(safe, first, server);
      int from = safe.get();
      long start = System.nanoTime();
      ThreadTimes times = ThreadTimes.start();
      await(safe, count, server);
      double seconds = (System.nanoTime() - start) / 1e9;
      int frames = safe.get() - from;
      return new Result(frames / seconds, frames, seconds, times.stop());
    }
  }

  private static void await(AtomicInteger safe, int count, Server server)
      throws InterruptedException {
    while (safe.get() < count) {
      if (server.ended().isDone()) {
        throw new IllegalStateException(
            "the flow ended after " + safe.get() + " of " + count + " frames");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
