package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.BoxCoding;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.modeling.proposal.AnchorGenerator;
import dev.millrace.components.modeling.proposal.AnchorPredictions;
import dev.millrace.components.supervision.Supervision;
import java.util.ArrayList;
import java.util.List;

/** Detectron2's {@code DenseDetector}: what RetinaNet and FCOS have in common. */
abstract class DenseDetector extends MetaArchitecture {

  private static final String LOGITS = "head.logits.";
  private static final String DELTAS = "head.deltas.";
  private static final String CENTERNESS = "head.centerness.";

  private final Backbone backbone;
  private final List<String> inFeatures;
  private final AnchorGenerator anchorGenerator;
  private final DenseHead head;
  private final BoxCoding coding;
  private final DenseInference inference;
  private final PixelNormalization normalization;

  DenseDetector(
      Backbone backbone,
      List<String> inFeatures,
      AnchorGenerator anchorGenerator,
      DenseHead head,
      BoxCoding coding,
      DenseInference inference,
      PixelNormalization normalization) {
    this.backbone = add("backbone", backbone);
    this.inFeatures = List.copyOf(inFeatures);
    this.anchorGenerator = anchorGenerator;
    this.head = add("head", head);
    this.coding = coding;
    this.inference = inference;
    this.normalization = normalization;
    buffer("pixel_mean");
    buffer("pixel_std");
    for (int level = 0; level < inFeatures.size(); level++) {
      buffer("anchor_generator.cell_anchors." + level);
    }
  }

  /** Refuses a head of which this detector would not read everything, or that lacks something. */
  static DenseHead fitting(Build build, DenseHead head, boolean centerness) {
    if (head.centerness() != centerness) {
      throw build.mistake(
          "head",
          head.getClass().getSimpleName()
              + (centerness
                  ? " gives no centerness, which"
                  : " gives a centerness, which no part of")
              + " this detector reads.",
          "Use " + (centerness ? "FcosHead." : "RetinaNetHead."));
    }
    return head;
  }

  /**
   * The probability of each class of each anchor.
   *
   * @return (N, A * K, h, w)
   */
  abstract NDArray probabilities(DenseHead.Prediction prediction);

  @Override
  public final int sizeDivisibility() {
    return backbone.sizeDivisibility();
  }

  @Override
  public final List<Stage> stages() {
    return List.of(
        stage(normalization),
        stage(backbone),
        new Stage("head", head.getClass().getSimpleName(), this::predict),
        new Stage("inference", getClass().getSimpleName(), this::infer));
  }

  private void predict(Forward f, Values values) {
    FeatureMaps features = FeatureMaps.of(values);
    for (String name : inFeatures) {
      DenseHead.Prediction prediction = head.forward(f, features.get(name));
      values.put(LOGITS + name, prediction.logits());
      values.put(DELTAS + name, prediction.deltas());
      if (prediction.centerness() != null) {
        values.put(CENTERNESS + name, prediction.centerness());
      }
    }
  }

  private void infer(Forward f, Values values) {
    List<AnchorPredictions> levels = new ArrayList<>();
    for (int level = 0; level < inFeatures.size(); level++) {
      String name = inFeatures.get(level);
      DenseHead.Prediction prediction =
          new DenseHead.Prediction(
              values.get(LOGITS + name),
              values.get(DELTAS + name),
              head.centerness() ? values.get(CENTERNESS + name) : null);
      levels.add(
          AnchorPredictions.of(
              probabilities(prediction), prediction.deltas(), anchorGenerator, level));
    }
    inference.forward(f.manager(), levels, coding).writeTo(values);
  }

  @Override
  public final void train(Forward f, NDArray pixels, NDArray sizes, Supervision supervision) {
    FeatureMaps features = backbone.forward(f, normalization.forward(f, pixels, sizes));
    List<DenseHead.Prediction> predictions = new ArrayList<>();
    List<AnchorPredictions> levels = new ArrayList<>();
    for (int level = 0; level < inFeatures.size(); level++) {
      DenseHead.Prediction prediction = head.forward(f, features.get(inFeatures.get(level)));
      predictions.add(prediction);
      levels.add(
          AnchorPredictions.of(prediction.logits(), prediction.deltas(), anchorGenerator, level));
    }
    losses(AnchorPredictions.joined(levels), predictions, supervision);
  }

  /**
   * Adds the losses to the supervision.
   *
   * @param all levels, one after the other, with logits as scores
   * @param predictions of each level, as the head gave them
   */
  abstract void losses(
      AnchorPredictions all, List<DenseHead.Prediction> predictions, Supervision supervision);
}
