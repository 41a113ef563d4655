package dev.millrace.connectors.kafka;

import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.FrameSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Frames of a topic from one offset to another, once more: without a group, nothing is committed,
 * the frames end. Only as many as are asked for are read, a poll ahead.
 */
public final class KafkaFrameRange implements FrameSource {
  private final TopicReader reader;
  private final Map<Integer, OffsetRange> ranges;
  private final AtomicInteger framesInFlight = new AtomicInteger();
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final Sinks.Empty<Void> stopped = Sinks.empty();

  /**
   * @param properties of a Kafka consumer
   * @param ranges by partition; empty for all partitions, as far as they reach now
   */
  public KafkaFrameRange(
      String bootstrapServers,
      Map<String, String> properties,
      String topic,
      Map<Integer, OffsetRange> ranges) {
    this.reader = new TopicReader(bootstrapServers, topic, properties);
    this.ranges = Map.copyOf(ranges);
  }

  @Override
  public Flux<FrameRecord> frames() {
    Flux<FrameRecord> frames =
        ranges.isEmpty()
            ? reader.read(ReadFrom.BEGINNING_TO_END, record -> Frames.frame(record, 0))
            : reader.read(ranges, record -> Frames.frame(record, 0));
    return frames
        .takeUntilOther(stopped.asMono())
        .doOnNext(
            frame -> {
              framesInFlight.incrementAndGet();
              bytesInFlight.addAndGet(frame.value().length);
            });
  }

  @Override
  public void acknowledge(FrameRecord frame) {
    framesInFlight.decrementAndGet();
    bytesInFlight.addAndGet(-frame.value().length);
  }

  @Override
  public int framesInFlight() {
    return framesInFlight.get();
  }

  @Override
  public long bytesInFlight() {
    return bytesInFlight.get();
  }

  @Override
  public boolean healthy() {
    return true;
  }

  @Override
  public void stop() {
    stopped.tryEmitEmpty();
  }

  @Override
  public void close() {
    stop();
  }
}
