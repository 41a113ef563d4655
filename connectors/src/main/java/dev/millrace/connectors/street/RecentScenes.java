package dev.millrace.connectors.street;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;

/** Streets that were asked for last, so that another moment of them is at hand. Thread-safe. */
final class RecentScenes {
  private static final int KEPT = 16;

  /** A street and who uses it; guarded by the outer lock. */
  private static final class Held {
    private final StreetScene scene;
    private int users;
    private boolean dropped;

    Held(StreetScene scene) {
      this.scene = scene;
    }
  }

  private final LongFunction<StreetScene> maker;
  private final boolean keeps;
  private final Map<Long, Held> held = new LinkedHashMap<>(32, 0.75f, true);

  /**
   * @param keeps false: each street is laid out for one use
   */
  RecentScenes(LongFunction<StreetScene> maker, boolean keeps) {
    this.maker = maker;
    this.keeps = keeps;
  }

  <T> T with(long seed, Function<StreetScene, T> use) {
    Held street = take(seed);
    try {
      return use.apply(street.scene);
    } finally {
      giveBack(street);
    }
  }

  private Held take(long seed) {
    synchronized (held) {
      Held known = held.get(seed);
      if (known != null) {
        known.users++;
        return known;
      }
    }
    Held made = new Held(maker.apply(seed)); // long: not under the lock
    synchronized (held) {
      made.users = 1;
      made.dropped = !keeps || held.putIfAbsent(seed, made) != null;
      if (held.size() > KEPT) {
        Iterator<Held> oldestFirst = held.values().iterator();
        Held oldest = oldestFirst.next();
        oldestFirst.remove();
        oldest.dropped = true;
        releaseIfUnused(oldest);
      }
      return made;
    }
  }

  private void giveBack(Held street) {
    synchronized (held) {
      street.users--;
      releaseIfUnused(street);
    }
  }

  private static void releaseIfUnused(Held street) {
    if (street.dropped && street.users == 0) {
      street.scene.release();
    }
  }
}
