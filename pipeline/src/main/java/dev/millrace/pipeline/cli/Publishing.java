package dev.millrace.pipeline.cli;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.kafka.KafkaFramePublisher;
import dev.millrace.connectors.video.Camera;
import dev.millrace.connectors.video.EncodedFrame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Sinks;

/** Cameras publishing in the background until told to stop; what they sent is safe then. */
final class Publishing {

  private static final Logger log = LoggerFactory.getLogger(Publishing.class);
  private static final int IN_FLIGHT = 64;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Sinks.Empty<Void> enough = Sinks.empty();
  private final KafkaFramePublisher publisher;
  private final List<Camera> cameras;

  Publishing(KafkaFramePublisher publisher, List<Camera> cameras) {
    this.publisher = publisher;
    this.cameras = cameras;
  }

  /**
   * Blocks while they publish.
   *
   * @param most after which it ends by itself; null: never
   * @param published called for every frame when it is safe, on the producer's thread
   */
  void until(
      CountDownLatch stop,
      @Nullable Duration most,
      BiConsumer<EncodedFrame, FramePosition> published)
      throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Camera.all(cameras)
        .takeUntilOther(enough.asMono())
        .flatMap(
            frame ->
                publisher
                    .send(frame.camera(), frame.image(), frame.capturedAt(), frame.headers())
                    .doOnNext(position -> published.accept(frame, position)),
            IN_FLIGHT,
            1)
        .doOnError(failure::set)
        .doOnTerminate(
            () -> {
              finished.countDown();
              stop.countDown();
            })
        .onErrorComplete()
        .subscribe();
    if (most == null) {
      stop.await();
    } else if (stop.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
      log.debug("stopped before {}", most);
    }
    enough.tryEmitEmpty();
    if (!finished.await(30, TimeUnit.SECONDS)) {
      throw new FailedException("the broker does not take the last frames");
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    }
  }
}
