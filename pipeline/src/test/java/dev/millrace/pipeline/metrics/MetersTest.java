package dev.millrace.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionState;
import dev.millrace.pipeline.stream.Detected;
import dev.millrace.pipeline.stream.FakeSource;
import dev.millrace.pipeline.stream.Rejected;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetersTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void theFlowIsCountedAndTimed() {
    Clock clock = Clock.fixed(Instant.EPOCH.plusSeconds(3), ZoneOffset.UTC);
    FlowMeters meters = new FlowMeters(2, registry, clock);
    var record = FakeSource.frame(0, 1, "2x2:1");
    var event =
        new DetectionEvent(
            "gate",
            new DetectionEvent.Source("frames", 0, 1, Instant.EPOCH, 2, 2),
            new DetectionEvent.Revision(1, "", ""),
            List.of(),
            new DetectionEvent.Timings(4000, 5000, 6000),
            1);
    meters.arrived(record);
    meters.arrived(record);
    meters.prepared(2_000_000);
    meters.ran(1, 2, 500_000_000);
    meters.delivered(new Detected(record, event), 1_000_000);
    var rejected = new Rejected(record, new DeadLetterReason("truncated", "its end is missing"));
    meters.decoded(rejected, 1_000_000);
    meters.delivered(rejected, 1_000_000);
    meters.deliveryFailed(new IllegalStateException("away"));
    assertThat(registry.scrape().lines())
        .contains(
            "millrace_frames_in_total 2.0",
            "millrace_frames_out_total 1.0",
            "millrace_dead_letters_total{code=\"truncated\"} 1.0",
            "millrace_sink_failures_total 1.0",
            "millrace_batch_size_sum 2.0",
            "millrace_batch_size_count 1",
            "millrace_infer_seconds_sum{lane=\"1\"} 0.5",
            "millrace_lane_busy_seconds_total{lane=\"0\"} 0.0",
            "millrace_lane_busy_seconds_total{lane=\"1\"} 0.5",
            "millrace_queue_seconds_sum 0.004",
            "millrace_decode_seconds_count 1",
            "millrace_preprocess_seconds_sum 0.002",
            "millrace_publish_seconds_count 2",
            "millrace_frame_age_seconds_sum 3.0");
  }

  @Test
  void revisionsAreCountedAndTimed() {
    RevisionMeters meters = new RevisionMeters(registry);
    meters.changed(at(1, RevisionState.WARM));
    meters.changed(at(1, RevisionState.LIVE));
    meters.changed(at(2, RevisionState.REFUSED));
    meters.changed(at(3, RevisionState.FAILED));
    meters.changed(at(4, RevisionState.LIVE));
    assertThat(registry.scrape().lines())
        .contains(
            "millrace_revision_live 4.0",
            "millrace_revision_swaps_total 1.0",
            "millrace_revision_refusals_total{outcome=\"refused\"} 1.0",
            "millrace_revision_refusals_total{outcome=\"failed\"} 1.0",
            "millrace_revision_build_seconds_sum 2.0");
  }

  @Test
  void whatTheSourceHoldsIsSeen() {
    FakeSource source = new FakeSource();
    Meters.ofSource(source, registry);
    source.push(0, "2x2:1");
    source.frames().subscribe();
    assertThat(registry.scrape()).contains("millrace_frames_in_flight 1.0");
  }

  private static Revision at(long id, RevisionState state) {
    return new Revision(
        id,
        state,
        "test",
        "",
        "",
        null,
        Map.of(
            RevisionState.BUILDING, Instant.EPOCH, RevisionState.WARM, Instant.ofEpochSecond(2)));
  }
}
