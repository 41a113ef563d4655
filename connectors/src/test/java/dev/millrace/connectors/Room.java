package dev.millrace.connectors;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A place with a topic of frames and a sink, whatever it is made of; a new one for every test. */
public interface Room extends AutoCloseable {
  int PARTITIONS = 3;

  /** A dead letter as it was found. */
  record Letter(
      String camera,
      byte[] value,
      Map<String, String> headers,
      FramePosition position,
      DeadLetterReason reason,
      Instant capturedAt) {}

  FramePosition publish(
      int partition, String camera, byte[] value, Instant capturedAt, Map<String, String> headers);

  /** Of the one group that all sources of this room belong to. */
  FrameSource source(int maxFrames, long maxBytes);

  /** Ends a source as a crash does: nothing more is committed. */
  void crash(FrameSource source);

  long committed(int partition);

  EventSink sink();

  List<DetectionEvent> events();

  List<Letter> letters();

  @Override
  void close();
}
