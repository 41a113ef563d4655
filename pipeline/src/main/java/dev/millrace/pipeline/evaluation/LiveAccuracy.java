package dev.millrace.pipeline.evaluation;

import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Judges detections while they come, by COCO's rules: the surest first, each to the free object of
 * its label that it overlaps most, IoU .50 or more. An ignored object is a crowd: what lies in it
 * counts neither for nor against. Classes are compared by label, since model and truth may number
 * them in other ways. Thread-safe.
 */
public final class LiveAccuracy {

  /** Frames whose boxes are kept for AP50; a frame of ten objects takes about a kilobyte. */
  public static final int MOST_FRAMES = 20_000;

  private static final int IOU_50 = 0; // of AveragePrecision.THRESHOLDS

  private record JudgedFrame(long id, List<TrueBox> truth, List<ScoredBox> found) {}

  private final List<String> labels;
  private final int most;
  private final Deque<JudgedFrame> frames = new ArrayDeque<>();
  private Judgement total = Judgement.NONE;
  private long added;
  private long leftOut;

  /**
   * @param labels what the truth may name; what else a model finds is left out
   */
  public LiveAccuracy(List<String> labels) {
    this(labels, MOST_FRAMES);
  }

  LiveAccuracy(List<String> labels, int most) {
    this.labels = List.copyOf(labels);
    this.most = most;
  }

  /** Judges one frame; boxes are in its pixels on both sides. */
  public synchronized Judgement add(GroundTruth truth, List<DetectedObject> detections) {
    long id = ++added;
    List<TrueBox> boxes = new ArrayList<>();
    truth.objects().forEach(object -> box(id, object, false, boxes));
    truth.ignored().forEach(object -> box(id, object, true, boxes));
    List<ScoredBox> found = new ArrayList<>();
    for (DetectedObject object : detections) {
      int category = labels.indexOf(object.label());
      if (category < 0) {
        leftOut++;
        continue;
      }
      List<Float> box = object.box();
      found.add(
          new ScoredBox(
              id, category, object.score(), box.get(0), box.get(1), box.get(2), box.get(3)));
    }
    frames.add(new JudgedFrame(id, boxes, found));
    if (frames.size() > most) {
      frames.remove();
    }
    Judgement judgement = judge(boxes, found);
    total = total.plus(judgement);
    return judgement;
  }

  private void box(long id, TrueObject object, boolean crowd, List<TrueBox> boxes) {
    int category = labels.indexOf(object.label());
    if (category >= 0) {
      boxes.add(
          new TrueBox(
              id,
              category,
              object.x1(),
              object.y1(),
              object.x2(),
              object.y2(),
              object.area(),
              crowd));
    }
  }

  private Judgement judge(List<TrueBox> boxes, List<ScoredBox> found) {
    Judgement sum = Judgement.NONE;
    for (int i = 0; i < labels.size(); i++) {
      int category = i;
      List<TrueBox> there = boxes.stream().filter(box -> box.categoryId() == category).toList();
      List<ScoredBox> here = found.stream().filter(box -> box.categoryId() == category).toList();
      long right = 0;
      long wrong = 0;
      for (Verdict verdict :
          Matches.of(Measure.BOXES, here, there, AreaRange.ALL).verdicts()[IOU_50]) {
        right += verdict == Verdict.RIGHT ? 1 : 0;
        wrong += verdict == Verdict.WRONG ? 1 : 0;
      }
      long objects = there.stream().filter(box -> Measure.BOXES.counts(box, AreaRange.ALL)).count();
      sum = sum.plus(new Judgement(right, wrong, objects - right));
    }
    return sum;
  }

  /** Of all frames since the beginning, every class weighing as much as it has objects. */
  public synchronized Judgement total() {
    return total;
  }

  /** Frames that {@link #add} judged. */
  public synchronized long frames() {
    return added;
  }

  /** Detections with labels that the truth never names. */
  public synchronized long leftOut() {
    return leftOut;
  }

  /**
   * COCO's AP50 over the last {@link #MOST_FRAMES} frames, every class that has objects weighing
   * the same; NaN where there is no object. Takes a second or two for that many.
   */
  public double ap50() {
    List<JudgedFrame> kept;
    synchronized (this) {
      kept = List.copyOf(frames);
    }
    CocoDataset dataset =
        new CocoDataset(
            kept.stream().map(frame -> new Image(frame.id(), "", 0, 0)).toList(),
            IntStream.range(0, labels.size())
                .mapToObj(i -> new Category(i, labels.get(i)))
                .toList(),
            kept.stream().flatMap(frame -> frame.truth().stream()).toList());
    return new CocoEvaluator(dataset)
        .evaluate(kept.stream().flatMap(frame -> frame.found().stream()).toList())
        .ap50();
  }
}
