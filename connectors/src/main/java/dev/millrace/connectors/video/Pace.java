package dev.millrace.connectors.video;

import java.time.Duration;

/**
 * When frames are due: every 1/rate seconds from the first. A publisher that fell behind by more
 * than a second goes on from where it is, without a burst. Nanoseconds of any steady clock.
 */
final class Pace {
  private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

  /** Everything is due at once. Keeps nothing, so it may be shared. */
  static final Pace NONE = new Pace(0);

  private final double interval;
  private long start;
  private long frames;

  /**
   * @param rate frames a second; 0: everything is due at once
   */
  Pace(double rate) {
    this.interval = rate > 0 ? 1e9 / rate : 0;
  }

  /** How long the next frame still has to wait, if it is {@code now}. */
  long delayNanos(long now) {
    if (interval == 0) {
      return 0;
    }
    long due = start + Math.round(frames * interval);
    if (frames == 0 || now - due > PATIENCE) {
      start = now;
      frames = 0;
      due = now;
    }
    frames++;
    return Math.max(0, due - now);
  }

  /** Whether a live source's frame is one too many. Counts it if not. */
  boolean tooSoon(long now) {
    if (interval == 0) {
      return false;
    }
    // A live source's clock is not ours: a frame that is early by less than half counts.
    if (frames > 0 && now < start + Math.round((frames - 0.5) * interval)) {
      return true;
    }
    delayNanos(now);
    return false;
  }
}
