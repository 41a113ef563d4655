package dev.millrace.connectors.kafka.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.Events;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.kafka.KafkaEventReader;
import dev.millrace.connectors.kafka.KafkaEventSink;
import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.kafka.KafkaFrameSource;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import dev.millrace.connectors.kafka.KafkaTopics;
import dev.millrace.connectors.kafka.ReadFrom;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void dataStayInAFolderThatWasGiven(@TempDir Path folder) {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, Map.of())) {
      create(broker);
      try (KafkaFramePublisher publisher =
          new KafkaFramePublisher(broker.bootstrapServers(), "frames", Map.of())) {
        publisher.send("c", new byte[] {1}, Instant.EPOCH).block(PATIENCE);
      }
    }
    try (EmbeddedBroker again = EmbeddedBroker.start(folder, Map.of())) {
      assertThat(
              new KafkaEventReader(again.bootstrapServers(), Map.of())
                  .frames("frames", ReadFrom.BEGINNING_TO_END)
                  .collectList()
                  .block(PATIENCE))
          .hasSize(1);
    }
  }

  @Test
  void aFolderThatIsNoneIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> EmbeddedBroker.start(file, Map.of()))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("writable");
  }

  /** An outage: nothing crashes, nothing is lost, health says so. */
  @Test
  @Tag("slow")
  void anOutageIsWaitedOut() {
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      create(broker);
      String address = broker.bootstrapServers();
      List<FrameRecord> frames = new CopyOnWriteArrayList<>();
      KafkaFrameSource source = new KafkaFrameSource(KafkaSourceConfig.of(address, "frames", "g"));
      EventSink sink = new KafkaEventSink(KafkaSinkConfig.of(address, "events", "letters"));
      try (KafkaFramePublisher publisher = new KafkaFramePublisher(address, "frames", Map.of())) {
        source
            .frames()
            .doOnNext(frames::add)
            .concatMap(
                frame ->
                    sink.publish(frame, Events.of(frame))
                        .doOnSuccess(safe -> source.acknowledge(frame)))
            .subscribe();
        publisher.send("c", new byte[] {1}, Instant.EPOCH).block(PATIENCE);
        Await.until("the first", () -> frames.size() == 1);
        Await.until("healthy", source::healthy);
        broker.halt();
        Await.until("unhealthy", PATIENCE, () -> !source.healthy());
        Await.until(
            "the reason",
            () -> String.valueOf(source.trouble()).contains("no broker has answered for 8 s"));
        var answer = // may block: a client that finds no broker forgets its topics
            CompletableFuture.supplyAsync(
                () -> publisher.send("c", new byte[] {2}, Instant.EPOCH).block(PATIENCE));
        broker.resume();
        Await.until("the answer", PATIENCE, answer::isDone);
        Await.until("the second", PATIENCE, () -> frames.size() >= 2);
        Await.until("healthy again", PATIENCE, source::healthy);
        assertThat(source.trouble()).isNull();
        Await.until("nothing in flight", PATIENCE, () -> source.framesInFlight() == 0);
      }
      source.close();
      sink.close();
      assertThat(
              new KafkaEventReader(address, Map.of())
                  .events("events", ReadFrom.BEGINNING_TO_END)
                  .map(event -> event.event().frame().offset())
                  .distinct()
                  .collectList()
                  .block(PATIENCE))
          .containsExactly(0L, 1L);
    }
  }

  @Test
  void whereNoBrokerIsTheTroubleIsNamedAndNothingCrashes() {
    KafkaFrameSource source =
        new KafkaFrameSource(
            KafkaSourceConfig.of("127.0.0.1:1", "frames", "g")
                .withTimes(Duration.ofSeconds(1), Duration.ofMillis(100)));
    source.frames().subscribe();
    Await.until("trouble", PATIENCE, () -> source.trouble() != null);
    assertThat(source.trouble()).contains("127.0.0.1:1").contains("no broker answered in time");
    assertThat(source.healthy()).isFalse();
    source.close();
  }

  private static void create(EmbeddedBroker broker) {
    try (KafkaTopics topics = new KafkaTopics(broker.bootstrapServers(), Map.of())) {
      topics.create(
          List.of(
              new KafkaTopics.Topic("frames", 1, 1),
              new KafkaTopics.Topic("events", 1, 1),
              new KafkaTopics.Topic("letters", 1, 1)));
    }
  }
}
