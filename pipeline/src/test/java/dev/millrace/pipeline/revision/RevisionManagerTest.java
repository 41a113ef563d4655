package dev.millrace.pipeline.revision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.pipeline.stream.FakeDetector;
import dev.millrace.pipeline.stream.FakeSink;
import dev.millrace.pipeline.stream.FakeSource;
import dev.millrace.pipeline.stream.FlowObserver;
import dev.millrace.pipeline.stream.FlowSettings;
import dev.millrace.pipeline.stream.FramePipeline;
import dev.millrace.pipeline.stream.Lane;
import dev.millrace.pipeline.stream.Rig;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RevisionManagerTest {

  private static final int LANES = 2;

  private final FakeDetector.Count count = new FakeDetector.Count();
  private final List<Lane> lanes =
      IntStream.range(0, LANES).mapToObj(i -> new Lane(i, new FlowObserver() {})).toList();
  private final List<Revision> changes = Collections.synchronizedList(new ArrayList<>());
  private final RevisionManager manager =
      new RevisionManager(lanes, changes::add, Clock.systemUTC());

  @AfterEach
  void closedAsOftenAsCreated() {
    manager.close();
    lanes.forEach(Lane::close);
    assertThat(count.violations).isEmpty();
    assertThat(count.closed.get()).isEqualTo(count.created.get());
  }

  private interface Making {
    BuiltRevision make(int lanes) throws Exception;
  }

  private static Candidate candidate(String name, Making making) {
    return new Candidate() {
      @Override
      public String origin() {
        return name;
      }

      @Override
      public String configHash() {
        return "sha256:" + name;
      }

      @Override
      public BuiltRevision build(int lanes, List<Detector> live) throws Exception {
        return making.make(lanes);
      }
    };
  }

  private BuiltRevision built(int lanes) {
    List<Detector> detectors = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      detectors.add(new FakeDetector(count, frames -> {}));
    }
    return new BuiltRevision(detectors);
  }

  private Candidate good(String name) {
    return candidate(name, this::built);
  }

  @Test
  void aRevisionGoesThroughItsStates() {
    manager.request(good("one")).join();
    Revision two = manager.request(good("two")).join();
    assertThat(two.state()).isEqualTo(RevisionState.LIVE);
    assertThat(manager.live()).isEqualTo(two);
    Rig.await("the first to close", () -> last(1).state() == RevisionState.CLOSED);
    assertThat(statesOf(1))
        .containsExactly(
            RevisionState.REQUESTED,
            RevisionState.BUILDING,
            RevisionState.WARM,
            RevisionState.LIVE,
            RevisionState.DRAINED,
            RevisionState.CLOSED);
    assertThat(last(1).times().keySet()).containsAll(statesOf(1));
    assertThat(manager.history()).extracting(Revision::id).containsExactly(2L, 1L);
  }

  @Test
  void aMistakeIsRefusedAndTheOldOneStays() {
    Revision one = manager.request(good("one")).join();
    Revision two =
        manager
            .request(
                candidate(
                    "two",
                    lanes -> {
                      throw new ConfigException(
                          "model.backbone", "expected 3 maps, found 2.", null);
                    }))
            .join();
    assertThat(two.state()).isEqualTo(RevisionState.REFUSED);
    assertThat(two.reason()).isEqualTo("model.backbone: expected 3 maps, found 2.");
    assertThat(manager.live()).isEqualTo(one);
    assertThat(count.closed.get()).isZero();
  }

  @Test
  void whatCannotEvenBeReadIsRemembered() {
    Revision refused =
        manager.refuse("demo.yaml changed", new ConfigException("demo.yaml", "no alias.", null));
    assertThat(manager.history()).containsExactly(refused);
    assertThat(refused.state()).isEqualTo(RevisionState.REFUSED);
  }

  @Test
  void aFailureOfAnyKindChangesNothing() {
    Revision one = manager.request(good("one")).join();
    for (Throwable failure :
        List.of(new NoClassDefFoundError("Toy"), new IllegalStateException("no memory"))) {
      Revision failed =
          manager
              .request(
                  candidate(
                      "bad",
                      lanes -> {
                        if (failure instanceof Error e) {
                          throw e;
                        }
                        throw (Exception) failure;
                      }))
              .join();
      assertThat(failed.state()).isEqualTo(RevisionState.FAILED);
      assertThat(failed.reason()).contains(failure.getMessage());
    }
    assertThat(manager.live()).isEqualTo(one);
  }

  @Test
  void aModelForTooFewLanesFailsAndIsClosed() {
    Revision failed = manager.request(candidate("few", lanes -> built(lanes - 1))).join();
    assertThat(failed.state()).isEqualTo(RevisionState.FAILED);
    assertThat(failed.reason()).contains("2 lanes").contains("found 1");
    assertThat(manager.live()).isNull();
  }

  @Test
  void aRequestThatIsOvertakenIsDiscarded() throws Exception {
    CountDownLatch building = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Revision> one =
        manager.request(
            candidate(
                "slow",
                lanes -> {
                  building.countDown();
                  gate.await();
                  return built(lanes);
                }));
    building.await();
    CompletableFuture<Revision> two = manager.request(good("never built"));
    CompletableFuture<Revision> three = manager.request(good("newest"));
    assertThat(two.join().state()).isEqualTo(RevisionState.CLOSED);
    gate.countDown();
    assertThat(one.join().state()).isEqualTo(RevisionState.CLOSED);
    assertThat(one.join().reason()).isEqualTo("overtaken by revision 3");
    assertThat(three.join().state()).isEqualTo(RevisionState.LIVE);
    assertThat(statesOf(2)).containsExactly(RevisionState.REQUESTED, RevisionState.CLOSED);
    assertThat(count.created.get()).isEqualTo(2 * LANES); // the slow one and the newest
    assertThat(count.closed.get()).isEqualTo(LANES);
  }

  @Test
  void swapsUnderLoadLoseAndDoubleNothing() {
    manager.request(good("first")).join();
    FakeSource source = new FakeSource();
    FakeSink sink = new FakeSink();
    int frames = 4000;
    try (FramePipeline pipeline =
        FramePipeline.start(
            source,
            Rig::decoder,
            lanes,
            sink,
            new FlowSettings(2, 4, Duration.ofMillis(1)),
            new FlowObserver() {})) {
      for (int i = 0; i < frames; i++) {
        source.push(i % 6, (2 + i % 2) + "x2:1");
        if (i % 200 == 100) {
          manager.request(i % 400 == 100 ? good("swap " + i) : bad());
        }
        if (i % 500 == 0) {
          int seen = i / 2;
          Rig.await("half of them", () -> source.acknowledged.size() >= seen);
        }
      }
      assertThat(manager.request(good("last")).join().state()).isEqualTo(RevisionState.LIVE);
      source.push(0, "2x2:1");
      assertThat(pipeline.stop(Duration.ofSeconds(20))).isTrue();
    }
    assertThat(sink.events).hasSize(frames + 1);
    Map<Integer, DetectionEvent> before = new HashMap<>();
    TreeSet<Long> seen = new TreeSet<>();
    for (DetectionEvent event : sink.events) {
      DetectionEvent last = before.put(event.frame().partition(), event);
      if (last != null) {
        assertThat(event.frame().offset()).isGreaterThan(last.frame().offset());
        assertThat(event.revision().id()).isGreaterThanOrEqualTo(last.revision().id());
      }
      seen.add(event.revision().id());
      assertThat(event.revision().config()).startsWith("sha256:");
      assertThat(event.revision().weights()).matches("sha256:[0-9a-f]{64}");
    }
    assertThat(seen).hasSizeGreaterThan(2);
    assertThat(sink.events.get(frames).revision().config()).isEqualTo("sha256:last");
    sink.close();
  }

  @Test
  void theHistoryIsBoundedAndKeepsTheLiveOne() {
    manager.request(good("live")).join();
    for (int i = 0; i < 100; i++) {
      manager.refuse("broken", new ConfigException("a", "b", null));
    }
    assertThat(manager.history()).hasSize(50);
    assertThat(manager.history().get(49).state()).isEqualTo(RevisionState.LIVE);
  }

  private static Candidate bad() {
    return candidate(
        "bad",
        lanes -> {
          throw new ConfigException("a", "is wrong.", null);
        });
  }

  private Revision last(long id) {
    return manager.history().stream().filter(r -> r.id() == id).findFirst().orElseThrow();
  }

  private List<RevisionState> statesOf(long id) {
    synchronized (changes) {
      return changes.stream().filter(r -> r.id() == id).map(Revision::state).toList();
    }
  }
}
