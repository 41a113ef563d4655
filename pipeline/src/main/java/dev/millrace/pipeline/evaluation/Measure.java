package dev.millrace.pipeline.evaluation;

import dev.millrace.pipeline.dataset.TrueBox;
import java.util.List;

/** What of a detection is compared with what is there: COCO's {@code iouType}. */
public enum Measure {

  /** Intersection over union of boxes. */
  BOXES("bbox", 100, new BoxOverlap()),

  /** Intersection over union of pixels. */
  MASKS("segm", 100, new MaskOverlap()),

  /** Object keypoint similarity of persons. */
  KEYPOINTS("keypoints", 20, new KeypointSimilarity());

  private final String iouType;
  private final int mostDetections;
  private final Overlap overlap;

  Measure(String iouType, int mostDetections, Overlap overlap) {
    this.iouType = iouType;
    this.mostDetections = mostDetections;
    this.overlap = overlap;
  }

  /** How well a detection and an object cover each other. */
  interface Overlap {

    /**
     * For each detection, for each object: 0 to 1.
     *
     * @param found of one image and category
     * @param there of the same
     */
    double[][] of(List<ScoredBox> found, List<TrueBox> there);

    /** Whether a detection has what is compared. */
    boolean has(ScoredBox found);

    /** Whether an object has. */
    boolean has(TrueBox there);

    /** Of a detection, in pixels. */
    double area(ScoredBox found);
  }

  /** COCO's name of it, by which Detectron2's logs begin their keys. */
  public String iouType() {
    return iouType;
  }

  /** Of one category in one image; those that are less sure are left out. */
  int mostDetections() {
    return mostDetections;
  }

  Overlap overlap() {
    return overlap;
  }

  /** Whether an object is to be found. */
  boolean counts(TrueBox box, AreaRange range) {
    return !box.crowd() && range.contains(box.area()) && overlap.has(box);
  }
}
