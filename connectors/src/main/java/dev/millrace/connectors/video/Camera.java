package dev.millrace.connectors.video;

import dev.millrace.connectors.ConnectorException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A video as a stream of encoded frames. Any number of cameras may play the same video.
 *
 * <pre>
 *  file, folder, rtsp://, /dev/video0, street://
 *        |   VideoReader         on a bounded elastic thread, one frame per request
 *        v
 *     JpegEncoder                unless the frame lies there as JPEG
 *        |
 *        v   Pace                waits on a parallel scheduler, blocks nobody
 *  Flux&lt;EncodedFrame&gt;
 * </pre>
 */
public final class Camera {
  private final String name;
  private final String address;
  private final CameraOptions options;
  private final NativeCount natives;
  private final Supplier<Scheduler> clock;

  /**
   * @param name the key of its frames
   * @param address a path, {@code rtsp://...}, {@code http://...}, {@code /dev/video0}, {@code
   *     street://?seed=7}
   */
  public Camera(String name, String address, CameraOptions options) {
    this(name, address, options, new NativeCount(), Schedulers::parallel);
  }

  /**
   * @param natives counts what this camera creates and closes
   */
  public Camera(String name, String address, CameraOptions options, NativeCount natives) {
    this(name, address, options, natives, Schedulers::parallel);
  }

  Camera(
      String name,
      String address,
      CameraOptions options,
      NativeCount natives,
      Supplier<Scheduler> clock) {
    this.name = name;
    this.address = address;
    this.options = options;
    this.natives = natives;
    this.clock = clock;
  }

  /**
   * A name for the camera at an address: the file, the last part of the path or the host; nothing
   * of a user, a password or a query.
   */
  public static String nameOf(String address) {
    return new VideoAddress(address).name();
  }

  /** All frames of all cameras as they come; each camera keeps its order. */
  public static Flux<EncodedFrame> all(List<Camera> cameras) {
    return Flux.fromIterable(cameras).flatMap(Camera::frames, Math.max(1, cameras.size()), 1);
  }

  public String name() {
    return name;
  }

  /**
   * The frames; honours demand, and reads at most one ahead. Every subscription opens the video
   * anew and closes it at the end, on an error and on cancel. Errors are {@link
   * ConnectorException}s.
   */
  public Flux<EncodedFrame> frames() {
    return Flux.defer(this::play);
  }

  private Flux<EncodedFrame> play() {
    Scheduler time = clock.get();
    return Flux.<Timed, Playback>generate(
            () -> new Playback(address, options, natives, time),
            (playback, sink) -> {
              playback.next().ifPresentOrElse(sink::next, sink::complete);
              return playback;
            },
            Playback::close)
        .subscribeOn(Schedulers.boundedElastic())
        .concatMap(frame -> onTime(frame, time), 1);
  }

  private Mono<EncodedFrame> onTime(Timed frame, Scheduler time) {
    long delay = frame.pace().delayNanos(time.now(TimeUnit.NANOSECONDS));
    return delay == 0
        ? Mono.just(taken(frame, time))
        : Mono.delay(Duration.ofNanos(delay), time).map(t -> taken(frame, time));
  }

  private EncodedFrame taken(Timed frame, Scheduler time) {
    Instant now = Instant.ofEpochMilli(time.now(TimeUnit.MILLISECONDS));
    EncodedPicture picture = frame.picture();
    return new EncodedFrame(name, now, picture.image(), picture.headers(), frame.index());
  }
}
