package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import reactor.core.publisher.Flux;

/** One picture of the next event that has something in it. */
final class Snapshot {

  private Snapshot() {}

  static void write(Flux<DetectionEvent> events, AnnotatedFrames pictures, Path file) {
    try (pictures) {
      Optional<BufferedImage> picture =
          events
              .filter(event -> !event.detections().isEmpty())
              .concatMapIterable(event -> pictures.of(event).stream().toList(), 1)
              .next()
              .blockOptional();
      if (picture.isEmpty()) {
        throw new FailedException("nothing was found in any frame, so there is no picture");
      }
      try {
        if (!ImageIO.write(picture.get(), "png", file.toFile())) {
          throw new FailedException(file + ": this Java writes no PNG");
        }
      } catch (IOException e) {
        throw new FailedException(file + ": it cannot be written: " + e.getMessage());
      }
    }
  }
}
