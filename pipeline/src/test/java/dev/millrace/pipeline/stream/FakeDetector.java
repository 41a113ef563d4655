package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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

  /** A frame whose first byte is this one fails before it gets to the model. */
  public static final byte UNPREPARABLE = 96;

  private final Count count;
  private final Set<InputImage> prepared =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final Preprocessor preprocessor = this::prepare;
  private final Consumer<List<InputImage>> work;
  private volatile Thread lane;
  private volatile boolean closed;

  public FakeDetector(Count count, Consumer<List<InputImage>> work) {
    this.count = count;
    this.work = work;
    count.created.incrementAndGet();
  }

  @Override
  public Preprocessor preprocessor() {
    return preprocessor;
  }

  private InputImage prepare(Frame frame) {
    if (frame.bgr()[0] == UNPREPARABLE) {
      throw new IllegalArgumentException("not a frame that can be resized");
    }
    InputImage image =
        new InputImage(frame.height(), frame.width(), frame.bgr(), frame.height(), frame.width());
    prepared.add(image);
    return image;
  }

  @Override
  public List<Detections> infer(List<InputImage> images) {
    confine("infer");
    InputImage first = images.get(0);
    for (InputImage image : images) {
      if (image.width() != first.width() || image.height() != first.height()) {
        count.violations.add("a batch of several sizes");
      }
      if (!prepared.contains(image)) {
        count.violations.add("an image that another model's preprocessor made");
      }
    }
    work.accept(images);
    for (InputImage image : images) {
      if (image.pixels()[0] == POISON) {
        throw new IllegalArgumentException("poison in a batch of " + images.size());
      }
    }
    return images.stream()
        .map(
            f -> {
              byte value = f.pixels()[0];
              float score = value == NOT_A_NUMBER ? Float.NaN : 1f;
              return new Detections(List.of(new Detection(0, 0, 1, 1, value, "thing", score)));
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
