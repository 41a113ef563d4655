package dev.millrace.connectors.format;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.FrameRecord;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names of the headers that a dead letter has beside those of its frame. */
public final class DeadLetterHeaders {
  private static final String PREFIX = "millrace-";

  /** {@link DeadLetterReason#code()}. */
  public static final String REASON = PREFIX + "reason";

  /** {@link DeadLetterReason#message()}. */
  public static final String MESSAGE = PREFIX + "message";

  /** Where the frame lies. */
  public static final String TOPIC = PREFIX + "topic";

  public static final String PARTITION = PREFIX + "partition";
  public static final String OFFSET = PREFIX + "offset";

  /** When it was taken, milliseconds since 1970. */
  public static final String TIMESTAMP = PREFIX + "timestamp";

  /**
   * Bytes of a value that the dead-letter topic would not take; it still lies where it came from.
   */
  public static final String OMITTED = PREFIX + "omitted-bytes";

  /**
   * {@code key,headers}: what else of the frame the dead-letter topic would not take. The message
   * is then cut to {@value #MESSAGE_LIMIT} characters.
   */
  public static final String OMITTED_FIELDS = PREFIX + "omitted-fields";

  private static final int MESSAGE_LIMIT = 500;

  private DeadLetterHeaders() {}

  /** The frame's own headers, without any that look like ours, and then ours. */
  public static Map<String, String> of(FrameRecord frame, DeadLetterReason reason) {
    Map<String, String> headers = original(frame.headers());
    headers.put(REASON, reason.code());
    headers.put(MESSAGE, reason.message());
    headers.put(TOPIC, frame.position().topic());
    headers.put(PARTITION, Integer.toString(frame.position().partition()));
    headers.put(OFFSET, Long.toString(frame.position().offset()));
    headers.put(TIMESTAMP, Long.toString(frame.capturedAt().toEpochMilli()));
    return headers;
  }

  /** Of a letter's headers only ours, short enough for any topic. */
  public static Map<String, String> bare(Map<String, String> headers) {
    Map<String, String> bare = new LinkedHashMap<>(headers);
    bare.keySet().removeIf(name -> !name.startsWith(PREFIX));
    bare.computeIfPresent(
        MESSAGE,
        (name, text) ->
            text.length() <= MESSAGE_LIMIT ? text : text.substring(0, MESSAGE_LIMIT) + "...");
    bare.put(OMITTED_FIELDS, "key,headers");
    return bare;
  }

  /** The headers without any of ours. */
  public static Map<String, String> original(Map<String, String> headers) {
    Map<String, String> original = new LinkedHashMap<>(headers);
    original.keySet().removeIf(name -> name.startsWith(PREFIX));
    return original;
  }
}
