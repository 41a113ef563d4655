package dev.millrace.pipeline.revision;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a revision at one moment.
 *
 * @param id grows with every request, from 1
 * @param origin who asked for it, for people
 * @param config {@code sha256:...} of its configuration; empty where that could not be read
 * @param weights {@code sha256:...} of its weights; empty until it is built
 * @param reason why it was refused, failed or overtaken; null otherwise
 * @param times when it reached each state
 */
public record Revision(
    long id,
    RevisionState state,
    String origin,
    String config,
    String weights,
    @Nullable String reason,
    Map<RevisionState, Instant> times) {

  public Revision {
    times = Collections.unmodifiableMap(new EnumMap<>(times));
  }

  static Revision requested(long id, String origin, String config, Instant now) {
    return new Revision(
        id,
        RevisionState.REQUESTED,
        origin,
        config,
        "",
        null,
        new EnumMap<>(Map.of(RevisionState.REQUESTED, now)));
  }

  Revision built(String weights, Instant now) {
    Revision warm = to(RevisionState.WARM, null, now);
    return new Revision(id, warm.state, origin, config, weights, null, warm.times);
  }

  Revision to(RevisionState next, @Nullable String why, Instant now) {
    Map<RevisionState, Instant> all = new EnumMap<>(times);
    all.put(next, now);
    return new Revision(id, next, origin, config, weights, why, all);
  }
}
