package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/** Reads a whole topic without a group, one poll per demand; commits nothing. */
final class TopicReader {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration ASK = Duration.ofSeconds(10);

  private final String bootstrapServers;
  private final String topic;
  private final Map<String, String> properties;

  TopicReader(String bootstrapServers, String topic, Map<String, String> properties) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic;
    this.properties = properties;
  }

  /**
   * @param read null for a record that is passed over
   */
  <T> Flux<T> read(ReadFrom from, Function<ConsumerRecord<byte[], byte[]>, @Nullable T> read) {
    // An executor of its own, not a scheduler that interrupts: a cancelled poll ends by itself.
    return Flux.using(
        () -> Executors.newSingleThreadExecutor(this::thread),
        executor ->
            Flux.<List<T>, Reading>generate(
                    () -> open(from), (reading, sink) -> next(reading, sink, read), Reading::close)
                .subscribeOn(Schedulers.fromExecutor(executor::execute))
                .concatMapIterable(list -> list, 1),
        ExecutorService::shutdown);
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "millrace-read-" + topic);
    thread.setDaemon(true);
    return thread;
  }

  private Reading open(ReadFrom from) {
    Map<String, Object> all =
        ClientProperties.of(
            "reader",
            bootstrapServers,
            Map.of(
                ConsumerConfig.CLIENT_ID_CONFIG,
                "millrace-reader-" + topic,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            properties,
            Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                from == ReadFrom.LATEST ? "latest" : "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
    Consumer<byte[], byte[]> consumer = null;
    try {
      consumer = new KafkaConsumer<>(all);
      List<PartitionInfo> found = consumer.partitionsFor(topic, ASK);
      if (found == null || found.isEmpty()) {
        throw new ConnectorException(
            topic, "there is no such topic on " + bootstrapServers + ".", "Check its name.");
      }
      List<TopicPartition> partitions =
          found.stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>();
      if (from == ReadFrom.LATEST) {
        consumer.endOffsets(partitions, ASK).forEach(consumer::seek);
      } else {
        consumer.seekToBeginning(partitions);
      }
      if (from == ReadFrom.BEGINNING_TO_END) {
        ends.putAll(consumer.endOffsets(partitions, ASK));
      }
      return new Reading(consumer, from, ends);
    } catch (RuntimeException e) {
      if (consumer != null) {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
      }
      throw Troubles.of(e, bootstrapServers);
    }
  }

  private <T> Reading next(
      Reading reading,
      SynchronousSink<List<T>> sink,
      Function<ConsumerRecord<byte[], byte[]>, @Nullable T> read) {
    try {
      if (reading.done()) {
        sink.complete();
        return reading;
      }
      ConsumerRecords<byte[], byte[]> records = reading.consumer.poll(POLL);
      List<T> values = new ArrayList<>(records.count());
      for (ConsumerRecord<byte[], byte[]> record : records) {
        T value = reading.contains(record) ? read.apply(record) : null;
        if (value != null) {
          values.add(value);
        }
      }
      sink.next(values);
    } catch (RuntimeException e) {
      sink.error(Troubles.of(e, bootstrapServers));
    }
    return reading;
  }

  private record Reading(
      Consumer<byte[], byte[]> consumer, ReadFrom from, Map<TopicPartition, Long> ends) {

    boolean contains(ConsumerRecord<byte[], byte[]> record) {
      return from != ReadFrom.BEGINNING_TO_END
          || record.offset()
              < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    boolean done() {
      return from == ReadFrom.BEGINNING_TO_END
          && ends.entrySet().stream()
              .allMatch(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
    }

    void close() {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }
}
