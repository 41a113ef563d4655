package dev.millrace.pipeline.revision;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.pipeline.stream.Lane;
import dev.millrace.pipeline.stream.LaneModel;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * Builds revisions on a thread of its own and puts them on the lanes. One at a time; of requests
 * that wait only the newest is kept. Whatever goes wrong before the switch leaves the live revision
 * as it was. All methods may be called from any thread.
 */
public final class RevisionManager implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RevisionManager.class);
  private static final int REMEMBERED = 50;

  private record Request(
      Revision revision, Candidate candidate, CompletableFuture<Revision> outcome) {}

  private final List<Lane> lanes;
  private final RevisionObserver observer;
  private final Clock clock;
  private final AtomicLong ids = new AtomicLong();
  private final AtomicReference<@Nullable Request> waiting = new AtomicReference<>();
  private final RevisionHistory history = new RevisionHistory(REMEMBERED);
  private final ExecutorService builder =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "revision-builder");
            thread.setDaemon(true);
            return thread;
          });
  private List<Detector> liveDetectors = List.of(); // only touched by the builder's thread
  private volatile @Nullable Revision live; // written by the builder's thread

  public RevisionManager(List<Lane> lanes, RevisionObserver observer, Clock clock) {
    this.lanes = List.copyOf(lanes);
    this.observer = observer;
    this.clock = clock;
  }

  /**
   * Asks for a model; one that still waits to be built is overtaken by it.
   *
   * @return completes with the revision as it ended up: LIVE, or REFUSED, FAILED, or CLOSED if it
   *     was overtaken. Never fails.
   */
  public CompletableFuture<Revision> request(Candidate candidate) {
    Request request = enqueue(candidate);
    try {
      builder.execute(this::buildNext);
    } catch (RejectedExecutionException e) {
      end(request, request.revision(), RevisionState.FAILED, "Millrace is shutting down");
    }
    return request.outcome().copy();
  }

  /** Under a lock, so that a newer id is never overtaken by an older one. */
  private synchronized Request enqueue(Candidate candidate) {
    Revision revision =
        Revision.requested(
            ids.incrementAndGet(), candidate.origin(), candidate.configHash(), clock.instant());
    Request request = new Request(revision, candidate, new CompletableFuture<>());
    tell(revision);
    Request overtaken = waiting.getAndSet(request);
    if (overtaken != null) {
      overtaken(overtaken, overtaken.revision(), revision.id());
    }
    return request;
  }

  /** Records a change that could not even be read: the live revision goes on. */
  public Revision refuse(String origin, ConfigException mistake) {
    Revision refused =
        Revision.requested(ids.incrementAndGet(), origin, "", clock.instant())
            .to(RevisionState.REFUSED, mistake.getMessage(), clock.instant());
    report(refused);
    tell(refused);
    return refused;
  }

  /** The revision that new batches meet; null before the first. */
  public @Nullable Revision live() {
    return live;
  }

  /** The last revisions, newest first. */
  public List<Revision> history() {
    return history.all();
  }

  private void buildNext() {
    Request request = waiting.getAndSet(null);
    if (request == null) {
      return; // overtaken, and its successor is done
    }
    Revision revision = request.revision().to(RevisionState.BUILDING, null, clock.instant());
    tell(revision);
    BuiltRevision built;
    try {
      built = checked(request.candidate().build(lanes.size(), liveDetectors));
    } catch (ConfigException e) {
      end(request, revision, RevisionState.REFUSED, e.getMessage());
      return;
    } catch (
        Throwable e) { // also a plugin's NoClassDefFoundError: the live revision is not touched
      log.error("revision {} cannot be built", revision.id(), e);
      end(request, revision, RevisionState.FAILED, e.toString());
      return;
    }
    revision = revision.built(built.weights(), clock.instant());
    tell(revision);
    Request newer = waiting.get();
    if (newer != null) {
      close(built.detectors());
      overtaken(request, revision, newer.revision().id());
      return;
    }
    try {
      goLive(request, revision, built);
    } catch (RuntimeException e) {
      log.error("revision {} cannot go live", revision.id(), e);
      end(request, revision, RevisionState.FAILED, e.toString());
    }
  }

  private BuiltRevision checked(BuiltRevision built) {
    if (built.detectors().size() != lanes.size()) {
      close(built.detectors());
      throw new IllegalStateException(
          lanes.size() + " lanes need as many detectors, found " + built.detectors().size());
    }
    return built;
  }

  private void goLive(Request request, Revision revision, BuiltRevision built) {
    var name = new DetectionEvent.Revision(revision.id(), revision.config(), revision.weights());
    List<LaneModel> before =
        Flux.range(0, lanes.size())
            .flatMapSequential( // all at once; what comes back is in the order of the lanes
                i -> lanes.get(i).switchTo(new LaneModel(name, built.detectors().get(i))),
                lanes.size())
            .collectList()
            .block();
    Revision previous = live;
    Revision now = revision.to(RevisionState.LIVE, null, clock.instant());
    live = now;
    liveDetectors = built.detectors();
    log.info("revision {} is live ({})", now.id(), now.origin());
    tell(now);
    if (previous != null && before != null) {
      Revision drained = previous.to(RevisionState.DRAINED, null, clock.instant());
      tell(drained);
      close(before.stream().map(LaneModel::detector).toList());
      tell(drained.to(RevisionState.CLOSED, null, clock.instant()));
    }
    request.outcome().complete(now);
  }

  /** Each on the lane that it was built for. */
  private void close(List<Detector> detectors) {
    Flux.fromStream(IntStream.range(0, detectors.size()).boxed())
        .flatMap(i -> lanes.get(i % lanes.size()).close(detectors.get(i)), lanes.size())
        .then()
        .block();
  }

  private void overtaken(Request request, Revision revision, long by) {
    end(request, revision, RevisionState.CLOSED, "overtaken by revision " + by);
  }

  private void end(Request request, Revision revision, RevisionState state, @Nullable String why) {
    Revision ended = revision.to(state, why, clock.instant());
    report(ended);
    tell(ended);
    request.outcome().complete(ended);
  }

  private void report(Revision ended) {
    Revision serving = live;
    log.warn(
        "revision {} ({}) is {}{}: {}",
        ended.id(),
        ended.origin(),
        ended.state(),
        serving == null ? "" : ", revision " + serving.id() + " goes on serving",
        ended.reason());
  }

  private void tell(Revision revision) {
    history.put(revision);
    observer.changed(revision);
  }

  /** Takes no more requests and waits for a build under way; the lanes close what is live. */
  @Override
  public void close() {
    builder.shutdown();
    try {
      if (!builder.awaitTermination(60, TimeUnit.SECONDS)) {
        log.error("a revision is still under construction; leaving it behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
