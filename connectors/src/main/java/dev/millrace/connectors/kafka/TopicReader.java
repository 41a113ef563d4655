package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

/** Reads a topic, or ranges of it, without a group, one poll per demand; commits nothing. */
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
    return read(() -> open(from), read);
  }

  /** Ranges of partitions; ends once all were read, or reach beyond what is there. */
  <T> Flux<T> read(
      Map<Integer, OffsetRange> ranges,
      Function<ConsumerRecord<byte[], byte[]>, @Nullable T> read) {
    return read(() -> open(ranges), read);
  }

  private <T> Flux<T> read(
      Callable<Reading> open, Function<ConsumerRecord<byte[], byte[]>, @Nullable T> read) {
    // An executor of its own, not a scheduler that interrupts: a cancelled poll ends by itself.
    return Flux.using(
        () -> Executors.newSingleThreadExecutor(this::thread),
        executor ->
            Flux.<List<T>, Reading>generate(
                    open, (reading, sink) -> next(reading, sink, read), Reading::close)
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
    return open(
        from == ReadFrom.LATEST ? "latest" : "earliest",
        (consumer, partitions) -> {
          consumer.assign(partitions);
          if (from == ReadFrom.LATEST) {
            consumer.endOffsets(partitions, ASK).forEach(consumer::seek);
          } else {
            consumer.seekToBeginning(partitions);
          }
          return new Reading(
              consumer,
              from == ReadFrom.BEGINNING_TO_END ? consumer.endOffsets(partitions, ASK) : null);
        });
  }

  private Reading open(Map<Integer, OffsetRange> ranges) {
    return open(
        "none",
        (consumer, partitions) -> {
          List<TopicPartition> asked =
              ranges.keySet().stream().map(p -> new TopicPartition(topic, p)).toList();
          for (TopicPartition partition : asked) {
            if (!partitions.contains(partition)) {
              throw new ConnectorException(
                  topic,
                  "there is no partition "
                      + partition.partition()
                      + ", it has "
                      + partitions.size()
                      + ".",
                  "Name 0 to " + (partitions.size() - 1) + ".");
            }
          }
          consumer.assign(asked);
          Map<TopicPartition, Long> first = consumer.beginningOffsets(asked, ASK);
          Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(asked, ASK));
          for (TopicPartition partition : asked) {
            OffsetRange range = ranges.getOrDefault(partition.partition(), OffsetRange.ALL);
            long begin = first.getOrDefault(partition, 0L);
            if (range.from() > 0 && range.from() < begin) {
              throw new ConnectorException(
                  partition.toString(),
                  "offset " + range.from() + " is gone, what is left begins at " + begin + ".",
                  "Begin there, or keep the topic for longer (retention.ms, retention.bytes).");
            }
            consumer.seek(partition, Math.max(begin, range.from()));
            ends.merge(partition, range.to(), Math::min);
          }
          return new Reading(consumer, ends);
        });
  }

  /** Where reading begins and ends. */
  private interface Opening {
    Reading open(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions);
  }

  private Reading open(String reset, Opening opening) {
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
                reset,
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
      return opening.open(
          consumer, found.stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList());
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

  /**
   * @param ends by partition; null if there is no end
   */
  private record Reading(
      Consumer<byte[], byte[]> consumer, @Nullable Map<TopicPartition, Long> ends) {

    boolean contains(ConsumerRecord<byte[], byte[]> record) {
      return ends == null
          || record.offset()
              < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    boolean done() {
      return ends != null
          && ends.entrySet().stream()
              .allMatch(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
    }

    void close() {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }
}
