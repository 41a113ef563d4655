package dev.millrace.connectors.memory;

import dev.millrace.connectors.ConnectorContract;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameSource;
import dev.millrace.connectors.Room;
import java.time.Instant;
import java.util.List;
import java.util.Map;

class InMemoryContractTest extends ConnectorContract {

  @Override
  protected Room open() {
    return new MemoryRoom();
  }

  private static final class MemoryRoom implements Room {
    private final InMemoryTopic topic = new InMemoryTopic("frames", PARTITIONS);
    private final InMemoryEventSink sink = new InMemoryEventSink();

    @Override
    public FramePosition publish(
        int partition,
        String camera,
        byte[] value,
        Instant capturedAt,
        Map<String, String> headers) {
      return topic.publish(partition, camera, value, capturedAt, headers);
    }

    @Override
    public FrameSource source(int maxFrames, long maxBytes) {
      return new InMemoryFrameSource(topic, maxFrames, maxBytes);
    }

    @Override
    public void crash(FrameSource source) {
      source.stop(); // nobody acknowledges any more
    }

    @Override
    public long committed(int partition) {
      return topic.committed(partition);
    }

    @Override
    public EventSink sink() {
      return sink;
    }

    @Override
    public List<DetectionEvent> events() {
      return sink.events();
    }

    @Override
    public List<Letter> letters() {
      return sink.deadLetters().stream()
          .map(
              letter ->
                  new Letter(
                      letter.frame().camera(),
                      letter.frame().value(),
                      letter.frame().headers(),
                      letter.frame().position(),
                      letter.reason(),
                      letter.frame().capturedAt()))
          .toList();
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
