package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.video.Overlay;
import dev.millrace.connectors.video.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** One picture of the next event that has something in it. */
final class Snapshot {

  private Snapshot() {}

  static void write(Flux<DetectionEvent> events, AnnotatedFrames pictures, Path file) {
    try (pictures) {
      Optional<Picture> picture =
          events
              .filter(event -> !event.detections().isEmpty() || !event.segments().isEmpty())
              .concatMapIterable(event -> pictures.of(event).stream().toList(), 1)
              .next()
              .blockOptional();
      if (picture.isEmpty()) {
        throw new FailedException("nothing was found in any frame, so there is no picture");
      }
      Overlay.writePng(picture.get(), file);
    } catch (IOException e) {
      throw new FailedException(file + ": it cannot be written: " + e.getMessage());
    }
  }
}
