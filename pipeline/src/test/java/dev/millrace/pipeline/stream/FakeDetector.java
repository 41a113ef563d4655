package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Answers each frame with one box whose class is the frame's first byte; checks its contract. */
public final class FakeDetector implements Detector {

  /** Detectors made and closed, over a whole test. */
  public static final class Count {
    public final AtomicInteger created = new AtomicInteger();
    public final AtomicInteger closed = new AtomicInteger();
    public final List<String> violations = Collections.synchronizedList(new ArrayList<>());
  }

  /** A frame whose first byte is this one fails. */
  public static final byte POISON = 99;

  /** A frame whose first byte is this one gets a score that is no number. */
  public static final byte NOT_A_NUMBER = 97;

  private final Count count;
  private final Consumer<List<Frame>> work;
  private volatile Thread lane;
  private volatile boolean closed;

  public FakeDetector(Count count, Consumer<List<Frame>> work) {
    this.count = count;
    this.work = work;
    count.created.incrementAndGet();
  }

  @Override
  public List<Detections> detect(List<Frame> frames) {
    confine("detect");
    Frame first = frames.get(0);
    for (Frame frame : frames) {
      if (frame.width() != first.width() || frame.height() != first.height()) {
        count.violations.add("a batch of several sizes");
      }
    }
    work.accept(frames);
    for (Frame frame : frames) {
      if (frame.bgr()[0] == POISON) {
        throw new IllegalArgumentException("poison in a batch of " + frames.size());
      }
    }
    return frames.stream()
        .map(
            f -> {
              float score = f.bgr()[0] == NOT_A_NUMBER ? Float.NaN : 1f;
              return new Detections(List.of(new Detection(0, 0, 1, 1, f.bgr()[0], "thing", score)));
            })
        .toList();
  }

  private void confine(String what) {
    if (closed) {
      count.violations.add(what + " after close");
    }
    if (lane != null && lane != Thread.currentThread()) {
      count.violations.add(what + " on " + Thread.currentThread() + ", used on " + lane);
    }
    if (!Thread.currentThread().getName().startsWith("lane-")) {
      count.violations.add(what + " off the lanes, on " + Thread.currentThread());
    }
    lane = Thread.currentThread();
  }

  @Override
  public String plan() {
    return "fake";
  }

  @Override
  public String weightsHash() {
    return "none";
  }

  @Override
  public long nativeBytes() {
    return 0;
  }

  @Override
  public void close() {
    confine("close");
    closed = true;
    count.closed.incrementAndGet();
  }
}
