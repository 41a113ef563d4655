package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.video.Picture;
import dev.millrace.connectors.video.VideoWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The frames of the first camera that shows up, with what was found, as a film. */
final class VideoFile implements AutoCloseable {

  private final Path file;
  private final double framesPerSecond;
  private final AnnotatedFrames pictures;
  private @Nullable VideoWriter film;
  private @Nullable String camera;
  private long frames;
  private long leftOut;
  private boolean closed;

  private VideoFile(Path file, double framesPerSecond, AnnotatedFrames pictures) {
    this.file = file;
    this.framesPerSecond = framesPerSecond;
    this.pictures = pictures;
  }

  /** Until the events end or this program is told to. */
  static void write(
      Flux<DetectionEvent> events,
      AnnotatedFrames pictures,
      Path file,
      double framesPerSecond,
      PrintWriter err) {
    VideoFile film = new VideoFile(file, framesPerSecond, pictures);
    Runtime.getRuntime() // Ctrl-C: a film that can be played
        .addShutdownHook(new Thread(film::close, "finish-video"));
    try (film;
        ProgressBar bar = new ProgressBar("frames to " + file, 0)) {
      events.doOnNext(event -> bar.at(film.add(event))).blockLast();
    }
    if (film.frames == 0) {
      throw new FailedException("no frame came, so there is no video");
    }
    if (film.leftOut > 0) {
      err.println(film.leftOut + " events left out: of another camera, or their frame is gone");
    }
  }

  private synchronized long add(DetectionEvent event) {
    if (closed) {
      return frames;
    }
    if (camera == null) {
      camera = event.camera();
    }
    if (camera.equals(event.camera())) {
      pictures.of(event).ifPresentOrElse(this::add, () -> leftOut++);
    } else {
      leftOut++;
    }
    return frames;
  }

  private void add(Picture picture) {
    if (film == null) {
      film = new VideoWriter(file, picture.width(), picture.height(), framesPerSecond);
    }
    film.write(picture);
    frames++;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    pictures.close();
    if (film != null) {
      film.close();
    }
  }
}
