package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Arguments;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.supervision.Supervision;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ROI heads that do not share features: boxes first, then for the boxes found masks and keypoints,
 * each pooled by itself. A subclass finds the boxes; one with a head of its own gives what it knows
 * of each box by {@link #forwardWithGivenBoxes} and {@link Instances#with}.
 */
public abstract class PooledRoiHeads extends RoiHeads {

  private final List<String> inFeatures;
  private final @Nullable RoiBranch<MaskHead> mask;
  private final @Nullable RoiBranch<KeypointHead> keypoint;
  private final RoiTraining training;

  /**
   * @param inFeatures names of the feature maps that all poolers were made for, in their order
   * @param mask null: no masks
   * @param keypoint null: no keypoints
   */
  protected PooledRoiHeads(
      List<String> inFeatures,
      @Nullable RoiBranch<MaskHead> mask,
      @Nullable RoiBranch<KeypointHead> keypoint,
      RoiTraining training) {
    this.inFeatures = List.copyOf(inFeatures);
    this.mask = mask;
    this.keypoint = keypoint;
    this.training = training;
  }

  /** To be called when the box head was added: parameters are in Detectron2's order. */
  final void addBranches() {
    if (mask != null) {
      add("mask_head", mask.head());
    }
    if (keypoint != null) {
      add("keypoint_head", keypoint.head());
    }
  }

  /** The shapes of the maps that a configuration names, which must have as many channels. */
  static Map<String, ShapeSpec> shapes(Build build, List<String> inFeatures) {
    Map<String, ShapeSpec> shapes = Arguments.select(build, inFeatures);
    if (shapes.values().stream().map(ShapeSpec::channels).distinct().count() != 1) {
      throw build.mistake(
          "inFeatures",
          "expected feature maps of the same number of channels, found " + shapes + ".",
          "Choose maps that agree.");
    }
    return shapes;
  }

  /** Which boxes there are, without masks and keypoints. */
  protected abstract Instances forwardBox(
      Forward f, FeatureMaps features, Proposals proposals, NDArray sizes);

  /** Adds the losses of the boxes. */
  protected abstract void trainBox(
      Forward f, FeatureMaps features, SampledProposals sampled, Supervision supervision);

  /** K, the background not counted. */
  protected abstract int classes();

  /** How proposals are chosen while training. */
  protected final RoiTraining training() {
    return training;
  }

  /** The maps to pool from, finest first. */
  protected final List<NDArray> maps(FeatureMaps features) {
    return RoiPooler.select(features, inFeatures);
  }

  @Override
  public Instances forward(Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    return forwardWithGivenBoxes(f, features, forwardBox(f, features, proposals, sizes));
  }

  /**
   * Says more of each box.
   *
   * @param found (N, D, ...), of which rows beyond the counts are of no meaning
   */
  protected Instances forwardWithGivenBoxes(Forward f, FeatureMaps features, Instances found) {
    Instances all = found;
    if (mask != null) {
      MaskHead head = mask.head();
      NDArray logits = head.forward(f, mask.pool(maps(features), found.boxes()));
      all = all.with(Instances.PRED_MASKS, byImage(head.inference(logits, found.classes()), found));
    }
    if (keypoint != null) {
      NDArray pooled = keypoint.pool(maps(features), found.boxes());
      all =
          all.with(
              Instances.PRED_KEYPOINT_HEATMAPS, byImage(keypoint.head().forward(f, pooled), found));
    }
    return all;
  }

  /**
   * @param rows (N * D, ...)
   * @return (N, D, ...)
   */
  protected static NDArray byImage(NDArray rows, Instances found) {
    Shape boxes = found.boxes().getShape();
    return rows.reshape(boxes.slice(0, 2).addAll(rows.getShape().slice(1)));
  }

  @Override
  public void train(Forward f, FeatureMaps features, Proposals proposals, Supervision supervision) {
    SampledProposals sampled = SampledProposals.of(proposals, supervision, training, classes());
    trainBox(f, features, sampled, supervision);
    trainWithGivenBoxes(f, features, sampled, supervision);
  }

  /** Adds the losses of what {@link #forwardWithGivenBoxes} says. */
  protected void trainWithGivenBoxes(
      Forward f, FeatureMaps features, SampledProposals sampled, Supervision supervision) {
    if (mask == null && keypoint == null) {
      return;
    }
    SampledProposals objects = sampled.objects();
    if (mask != null) {
      NDArray pooled = objects.pool(mask.pooler(), maps(features));
      mask.head()
          .losses(mask.head().forward(f, pooled), objects.samples(), objects.masks())
          .forEach(supervision::loss);
    }
    if (keypoint != null) {
      SampledProposals seen = objects.withVisibleKeypoints();
      NDArray pooled = seen.pool(keypoint.pooler(), maps(features));
      keypoint
          .head()
          .losses(keypoint.head().forward(f, pooled), seen.samples(), seen.keypoints())
          .forEach(supervision::loss);
    }
  }
}
