package dev.millrace.pipeline.evaluation;

/**
 * What came of the detections of some frames at IoU .50.
 *
 * @param right detections that found an object
 * @param wrong detections that found none, or one that had been found already
 * @param missed objects that no detection found
 */
public record Judgement(long right, long wrong, long missed) {

  public static final Judgement NONE = new Judgement(0, 0, 0);

  /** Share of the detections that is right; NaN where there is none. */
  public double precision() {
    return right / (double) (right + wrong);
  }

  /** Share of the objects that was found; NaN where there is none. */
  public double recall() {
    return right / (double) (right + missed);
  }

  public Judgement plus(Judgement other) {
    return new Judgement(right + other.right, wrong + other.wrong, missed + other.missed);
  }
}
