package dev.millrace.pipeline.cli;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.video.Mp4Writer;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The frames of the first camera that shows up, with boxes, as a film. */
final class VideoFile implements AutoCloseable {

  private final Path file;
  private final int framesPerSecond;
  private final AnnotatedFrames pictures;
  private @Nullable Mp4Writer film;
  private @Nullable String camera;
  private int width;
  private int height;
  private long frames;
  private long leftOut;

  private VideoFile(Path file, int framesPerSecond, AnnotatedFrames pictures) {
    this.file = file;
    this.framesPerSecond = framesPerSecond;
    this.pictures = pictures;
  }

  /** Until the events end or this program is told to. */
  static void write(
      Flux<DetectionEvent> events,
      AnnotatedFrames pictures,
      Path file,
      int framesPerSecond,
      PrintWriter err) {
    VideoFile film = new VideoFile(file, framesPerSecond, pictures);
    ProgressBar bar = new ProgressBar("frames to " + file, 0);
    Thread end = new Thread(film::close, "finish-video"); // Ctrl-C: a film that can be played
    Runtime.getRuntime().addShutdownHook(end);
    try {
      events.doOnNext(event -> bar.at(film.add(event))).blockLast();
    } finally {
      bar.close();
      film.close();
    }
    if (film.frames == 0) {
      throw new FailedException("no frame came, so there is no video");
    }
    if (film.leftOut > 0) {
      err.println(film.leftOut + " frames were not there any more or of another camera or size");
    }
  }

  private synchronized long add(DetectionEvent event) {
    if (camera == null) {
      camera = event.camera();
    }
    if (!camera.equals(event.camera())) {
      leftOut++;
      return frames;
    }
    pictures.of(event).ifPresentOrElse(this::add, () -> leftOut++);
    return frames;
  }

  private void add(BufferedImage picture) {
    if (film == null) {
      width = picture.getWidth();
      height = picture.getHeight();
      film = new Mp4Writer(file, width, height, framesPerSecond);
    }
    if (picture.getWidth() != width || picture.getHeight() != height) {
      leftOut++;
      return;
    }
    film.write(BoxPainter.pixels(picture));
    frames++;
  }

  @Override
  public synchronized void close() {
    if (film != null) {
      film.close();
    }
  }
}
