package dev.millrace.pipeline.cli;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.kafka.KafkaFrameLookup;
import dev.millrace.connectors.video.Overlay;
import dev.millrace.connectors.video.Picture;
import dev.millrace.pipeline.stream.FrameDecoder;
import java.time.Duration;
import java.util.Optional;

/**
 * The picture of an event: its frame, read again from its topic, with what was found. For one
 * thread.
 */
final class AnnotatedFrames implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaFrameLookup frames;
  private final FrameDecoder decoder;
  private final Overlay overlay = new Overlay();

  AnnotatedFrames(ClusterOptions cluster, FrameDecoder decoder) {
    this.frames = new KafkaFrameLookup(cluster.bootstrap, cluster.properties());
    this.decoder = decoder;
  }

  /** Empty if the frame is not there any more. */
  Optional<Picture> of(DetectionEvent event) {
    return frames
        .find(event.frame().position(), PATIENCE)
        .map(
            record -> {
              Frame frame = decoder.decode(record);
              return overlay.draw(new Picture(frame.width(), frame.height(), frame.bgr()), event);
            });
  }

  @Override
  public void close() {
    frames.close();
    decoder.close();
  }
}
