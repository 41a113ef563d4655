package dev.millrace.pipeline.cli;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.kafka.KafkaFrameLookup;
import dev.millrace.pipeline.stream.FrameDecoder;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The picture of an event: its frame, read again from its topic, with boxes. For one thread. */
final class AnnotatedFrames implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaFrameLookup frames;
  private final FrameDecoder decoder;
  private final BoxPainter painter = new BoxPainter();

  AnnotatedFrames(String bootstrapServers, FrameDecoder decoder) {
    this.frames = new KafkaFrameLookup(bootstrapServers, Map.of());
    this.decoder = decoder;
  }

  /** Empty if the frame is not there any more. */
  Optional<BufferedImage> of(DetectionEvent event) {
    Optional<FrameRecord> record = frames.find(event.frame().position(), PATIENCE);
    return record.map(
        found -> {
          Frame frame = decoder.decode(found);
          return painter.paint(frame, event.detections());
        });
  }

  @Override
  public void close() {
    frames.close();
    decoder.close();
  }
}
