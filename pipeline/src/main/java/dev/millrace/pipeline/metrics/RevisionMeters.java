package dev.millrace.pipeline.metrics;

import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionObserver;
import dev.millrace.pipeline.revision.RevisionState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of revisions. */
public final class RevisionMeters implements RevisionObserver {

  private final AtomicLong live = new AtomicLong();
  private final Counter swaps;
  private final Counter refused;
  private final Counter failed;
  private final Timer build;

  public RevisionMeters(MeterRegistry registry) {
    Gauge.builder("millrace.revision.live", live, AtomicLong::get)
        .description("Id of the revision that new batches meet")
        .register(registry);
    swaps =
        Counter.builder("millrace.revision.swaps")
            .description("Times that a revision took the place of another")
            .register(registry);
    refused = refusals("refused", registry);
    failed = refusals("failed", registry);
    build = Meters.timer("millrace.revision.build", "Building and warming a revision", registry);
  }

  private static Counter refusals(String outcome, MeterRegistry registry) {
    return Counter.builder("millrace.revision.refusals")
        .description("Changes that did not become a revision")
        .tag("outcome", outcome)
        .register(registry);
  }

  @Override
  public void changed(Revision revision) {
    switch (revision.state()) {
      case WARM -> build.record(buildTime(revision.times()));
      case LIVE -> {
        if (live.getAndSet(revision.id()) != 0) {
          swaps.increment();
        }
      }
      case REFUSED -> refused.increment();
      case FAILED -> failed.increment();
      default -> {}
    }
  }

  private static Duration buildTime(Map<RevisionState, Instant> times) {
    Instant from = times.get(RevisionState.BUILDING);
    Instant to = times.get(RevisionState.WARM);
    return from == null || to == null ? Duration.ZERO : Duration.between(from, to);
  }
}
