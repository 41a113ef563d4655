package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.pipeline.faults.Checker.Kind;
import dev.millrace.pipeline.server.Connections;
import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A sink that takes nothing for longer than a consumer may be silent. */
@Tag("faults")
class BlockedSinkTest {

  private static final Duration BLOCKED = Duration.ofSeconds(Faults.full() ? 360 : 20);
  private static final int MAX_POLL_MILLIS = Faults.full() ? 60_000 : 5_000;
  private static final int PER_SECOND = 50;

  /** Fewer than those of the frames that may be in flight. */
  private static final long BYTES = 8 << 10;

  @TempDir Path folder;

  /** Blocks whoever calls it while it is shut. */
  private record Gate(EventSink sink, AtomicReference<CountDownLatch> shut) implements EventSink {

    @Override
    public Mono<Void> publish(FrameRecord frame, DetectionEvent event) {
      await();
      return sink.publish(frame, event);
    }

    @Override
    public Mono<Void> deadLetter(FrameRecord frame, DeadLetterReason reason) {
      await();
      return sink.deadLetter(frame, reason);
    }

    private void await() {
      try {
        shut.get().await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public boolean healthy() {
      return sink.healthy();
    }

    @Override
    public void close() {
      sink.close();
    }
  }

  @Test
  void evictsNobodyAndHoldsNoMoreThanItsBudget() {
    AtomicReference<CountDownLatch> shut = new AtomicReference<>(new CountDownLatch(0));
    AtomicReference<Connections.Ends> ends = new AtomicReference<>();
    try (Brokers brokers = new Brokers(folder, 1);
        Scene scene = new Scene(folder, brokers)) {
      Path config =
          scene.config(
              "at-least-once", Map.of("max.poll.interval.ms", Integer.toString(MAX_POLL_MILLIS)));
      int frames = (int) BLOCKED.toSeconds() * PER_SECOND;
      try (Server server =
          Server.start(
              new ServerOptions(config, List.of("source.maxBytesInFlight=" + BYTES), null, false),
              new QuickModels(),
              read -> {
                Connections.Ends real = new KafkaConnections("unused:1").open(read);
                ends.set(real);
                return new Connections.Ends(real.source(), new Gate(real.sink(), shut));
              })) {
        scene.publish(frames, PER_SECOND);
        scene.awaitAnswers(2 * PER_SECOND);
        String members = scene.members();
        shut.set(new CountDownLatch(1));
        Faults.sleep(Duration.ofSeconds(3));
        List<Long> heap = new ArrayList<>();
        long most = 0;
        long mostBytes = 0;
        for (long end = System.nanoTime() + BLOCKED.toNanos(); System.nanoTime() < end; ) {
          Faults.sleep(BLOCKED.dividedBy(20));
          heap.add(heapAfterCollection());
          most = Math.max(most, ends.get().source().framesInFlight());
          mostBytes = Math.max(mostBytes, ends.get().source().bytesInFlight());
          assertThat(scene.members()).isEqualTo(members);
        }
        shut.get().countDown();
        scene.settle();
        assertThat(server.ended()).isNotDone();
        long least = heap.stream().mapToLong(Long::longValue).min().orElseThrow();
        long largest = heap.stream().mapToLong(Long::longValue).max().orElseThrow();
        System.out.printf(
            "blocked for %d s, max.poll.interval.ms %d: members unchanged, heap %d to %d KiB, at"
                + " most %d frames in flight of %d, %d bytes of %d%n",
            BLOCKED.toSeconds(),
            MAX_POLL_MILLIS,
            least >> 10,
            largest >> 10,
            most,
            Scene.IN_FLIGHT,
            mostBytes,
            BYTES);
        assertThat(largest).isLessThanOrEqualTo(least + least / 10);
        assertThat(most).isPositive().isLessThanOrEqualTo(Scene.IN_FLIGHT);
        assertThat(mostBytes).isGreaterThan(BYTES / 2).isLessThanOrEqualTo(BYTES);
      }
      Map<Kind, Integer> found = Checker.count(Checker.check(scene.end()));
      assertThat(found.values()).as(found.toString()).containsOnly(0);
    }
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .map(MemoryPoolMXBean::getCollectionUsage)
        .filter(Objects::nonNull)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
