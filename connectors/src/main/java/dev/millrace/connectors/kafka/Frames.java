package dev.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Kafka's records as frames. */
final class Frames {
  private static final byte[] NOTHING = {};

  private Frames() {}

  static FrameRecord frame(ConsumerRecord<byte[], byte[]> record, int epoch) {
    byte[] key = record.key();
    byte[] value = record.value();
    return new FrameRecord(
        new FramePosition(record.topic(), record.partition(), record.offset()),
        epoch,
        key == null ? "" : new String(key, UTF_8),
        value == null ? NOTHING : value,
        text(record.headers()),
        Instant.ofEpochMilli(Math.max(0, record.timestamp())));
  }

  /** Headers as text; the last of equal names wins. */
  static Map<String, String> text(Headers headers) {
    Map<String, String> text = new HashMap<>();
    for (Header header : headers) {
      text.put(header.key(), header.value() == null ? "" : new String(header.value(), UTF_8));
    }
    return text.isEmpty() ? Map.of() : text;
  }
}
