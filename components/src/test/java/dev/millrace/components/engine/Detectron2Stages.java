package dev.millrace.components.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.modeling.proposal.RpnHead;
import dev.millrace.components.modeling.roi.BoxPredictor;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.KrcnnConvDeconvUpsampleHead;
import dev.millrace.components.modeling.roi.MaskHead;
import dev.millrace.components.modeling.roi.RoiBranch;
import dev.millrace.components.modeling.semantic.SemSegHead;
import dev.millrace.components.testing.Detectron2;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's own stages, and between them its own components once more, so that every value that
 * Detectron2 wrote to a file has one here, called as the file is or as {@link #OURS} says.
 */
final class Detectron2Stages {

  /** Files whose values have another name in a model. */
  static final Map<String, String> OURS =
      Map.of(
          "batch_tensor",
          "image",
          "proposals_proposal_boxes",
          "proposals.boxes",
          "proposals_objectness_logits",
          "proposals.logits",
          "pre_pred_boxes",
          Instances.BOXES,
          "pre_scores",
          Instances.SCORES,
          "pre_pred_classes",
          Instances.CLASSES,
          "pre_pred_masks",
          Instances.FIELDS + Instances.PRED_MASKS,
          "sem_seg_logits_lowres",
          MetaArchitecture.MAPS + SemSegHead.SEM_SEG);

  private final Detectron2 d2;

  Detectron2Stages(Detectron2 d2) {
    this.d2 = d2;
  }

  static String ours(String file) {
    if (file.startsWith("head_")) {
      return file.replace('_', '.'); // of a dense detector
    }
    return file.startsWith("feature_")
        ? "features." + file.substring("feature_".length())
        : OURS.getOrDefault(file, file);
  }

  /** From pixels to instances, every value on the way written out. */
  List<Stage> all() {
    List<Stage> all = new ArrayList<>();
    List<Stage> own = d2.model.stages();
    all.add(own.get(0));
    if (d2.bottomUp.isPresent()) {
      all.add(new Stage("bottom_up", "test", this::bottomUp));
    }
    all.add(own.get(1));
    all.add(new Stage("rpn_head", "test", this::rpnHead));
    all.add(new Stage("rpn_decode", "test", this::decode));
    all.add(own.get(2));
    for (int k = 0; k < d2.boxes.size(); k++) {
      int stage = k;
      if (d2.boxes.size() > 1) {
        all.add(new Stage("refine", "test", (f, v) -> refine(v, stage)));
      }
      all.add(new Stage("pool", "test", (f, v) -> pool(v, stage)));
      all.add(new Stage("box_head", "test", (f, v) -> boxHead(f, v, stage)));
      all.add(new Stage("box_predictor", "test", (f, v) -> predict(f, v, stage)));
      all.add(new Stage("boxes_all", "test", (f, v) -> boxesAndProbabilities(v, stage)));
    }
    all.addAll(own.subList(3, own.size()));
    d2.mask.ifPresent(
        mask -> {
          all.add(new Stage("mask_pooler", "test", (f, v) -> pool(v, mask, "mask_pooled")));
          all.add(new Stage("mask_head", "test", (f, v) -> masks(f, v, mask.head())));
        });
    d2.keypoint.ifPresent(
        keypoint -> {
          all.add(
              new Stage("keypoint_pooler", "test", (f, v) -> pool(v, keypoint, "keypoint_pooled")));
          all.add(
              new Stage(
                  "keypoint_head",
                  "test",
                  (f, v) ->
                      v.put(
                          "keypoint_lowres",
                          ((KrcnnConvDeconvUpsampleHead) keypoint.head())
                              .lowres(f, v.get("keypoint_pooled")))));
        });
    return all;
  }

  /** The ends of the last stage by themselves. */
  List<Stage> ends() {
    List<Stage> ends = new ArrayList<>();
    ends.add(new Stage("inference", "test", (f, v) -> inference(v)));
    d2.mask.ifPresent(
        mask ->
            ends.add(
                new Stage(
                    "mask_inference",
                    "test",
                    (f, v) ->
                        v.put(
                            ours("pre_pred_masks"),
                            Activation.sigmoid(v.get("mask_logits_of_class"))))));
    return ends;
  }

  private void bottomUp(Forward f, Values v) {
    FeatureMaps maps = d2.bottomUp.orElseThrow().forward(f, v.get("image"));
    maps.maps().forEach((name, map) -> v.put("bottom_up_" + name, map));
  }

  private void rpnHead(Forward f, Values v) {
    for (String level : d2.rpnFeatures) {
      RpnHead.Prediction p = d2.rpnHead.forward(f, v.get("features." + level));
      v.put("rpn_logits_" + level, p.objectnessLogits());
      v.put("rpn_deltas_" + level, p.anchorDeltas());
    }
  }

  private void decode(Forward f, Values v) {
    for (int i = 0; i < d2.rpnFeatures.size(); i++) {
      String level = d2.rpnFeatures.get(i);
      NDArray deltas = v.get("rpn_deltas_" + level);
      Shape s = deltas.getShape();
      long each = d2.anchors.anchorsPerCell(i);
      long count = each * s.get(2) * s.get(3);
      float[] anchors = d2.anchors.anchors(i, (int) s.get(2), (int) s.get(3));
      NDArray start = f.manager().create(anchors, new Shape(1, count, 4));
      v.put("anchors_" + level, start.reshape(count, 4));
      v.put(
          "rpn_decoded_" + level,
          Detectron2.RPN_BOXES.applyDeltas(
              deltas
                  .reshape(s.get(0), each, 4, s.get(2), s.get(3))
                  .transpose(0, 3, 4, 1, 2)
                  .reshape(s.get(0), count, 4),
              start));
    }
  }

  /** What is added to the name of a file of a cascade's stage. */
  private String end(int k) {
    return d2.boxes.size() == 1 ? "" : "_stage" + k;
  }

  private String boxesOf(int k) {
    return d2.boxes.size() == 1 ? "proposals.boxes" : "box_pooler_boxes" + end(k);
  }

  /** The boxes that a cascade's stage starts from. */
  private void refine(Values v, int k) {
    NDArray proposals = v.get("proposals.boxes");
    v.put(
        boxesOf(k),
        k == 0
            ? proposals
            : BoxTransform.clip(
                v.get("pred_boxes_all" + end(k - 1)).reshape(proposals.getShape()),
                v.get(MetaArchitecture.SIZES)));
  }

  private NDArray boxes(Values v, int k) {
    return v.get(boxesOf(k)).reshape(v.get("proposals.boxes").getShape());
  }

  private List<NDArray> maps(Values v) {
    List<NDArray> maps = new ArrayList<>();
    d2.roiFeatures.forEach(level -> maps.add(v.get("features." + level)));
    return maps;
  }

  private void pool(Values v, int k) {
    NDArray boxes = boxes(v, k);
    v.put("roi_levels_call" + k, d2.pooler.levels(boxes).reshape(-1));
    v.put("box_pooled" + end(k), d2.pooler.forward(maps(v), boxes));
  }

  private void pool(Values v, RoiBranch<?> branch, String name) {
    NDArray boxes = v.get(Instances.BOXES);
    v.put("roi_levels_call" + d2.boxes.size(), branch.pooler().levels(boxes).reshape(-1));
    v.put(name, branch.pooler().forward(maps(v), boxes));
  }

  private void masks(Forward f, Values v, MaskHead head) {
    v.put(
        "mask_logits_of_class",
        head.ofClass(head.forward(f, v.get("mask_pooled")), v.get(Instances.CLASSES).reshape(-1)));
  }

  private void boxHead(Forward f, Values v, int k) {
    NDArray pooled = v.get("box_pooled" + end(k));
    if (d2.res5.isPresent()) {
      v.put("res5_out", d2.res5.get().forward(f, pooled));
    } else {
      v.put("box_head_out" + end(k), d2.boxes.get(k).head().orElseThrow().forward(f, pooled));
    }
  }

  private void predict(Forward f, Values v, int k) {
    NDArray features =
        d2.res5.isPresent()
            ? Pool.globalAvgPool2d(v.get("res5_out"))
            : v.get("box_head_out" + end(k));
    BoxPredictor.Predictions p = d2.boxes.get(k).predictor().forward(f, features);
    v.put("cls_logits" + end(k), p.scores());
    v.put("box_deltas" + end(k), p.deltas());
  }

  private BoxPredictor.Predictions predictions(Values v, int k) {
    return new BoxPredictor.Predictions(v.get("cls_logits" + end(k)), v.get("box_deltas" + end(k)));
  }

  private void boxesAndProbabilities(Values v, int k) {
    NDArray boxes = boxes(v, k);
    long rows = boxes.getShape().get(0) * boxes.getShape().get(1);
    NDArray deltas = v.get("box_deltas" + end(k));
    long columns = deltas.getShape().get(1);
    v.put(
        "pred_boxes_all" + end(k),
        d2.boxes
            .get(k)
            .transform()
            .applyDeltas(deltas.reshape(rows, columns / 4, 4), boxes.reshape(rows, 1, 4))
            .reshape(rows, columns));
    v.put("pred_probs_all" + end(k), v.get("cls_logits" + end(k)).softmax(-1));
  }

  private void inference(Values v) {
    int last = d2.boxes.size() - 1;
    NDArray probs = v.get("pred_probs_all" + end(0));
    for (int k = 1; k <= last; k++) {
      probs = probs.add(v.get("pred_probs_all" + end(k)));
    }
    FastRcnnOutputLayers predictor = d2.boxes.get(last).predictor();
    Instances found =
        predictor.select(
            predictor.predictBoxes(predictions(v, last), boxes(v, last)),
            probs.div(d2.boxes.size()),
            v.get("proposals.logits"),
            v.get(MetaArchitecture.SIZES));
    v.put(Instances.BOXES, found.boxes());
    v.put(Instances.SCORES, found.scores());
    v.put(Instances.CLASSES, found.classes());
    v.put(Instances.COUNTS, found.counts());
  }

  /** Runs neighbouring stages as one part and closes it. */
  static Map<String, HostArray> run(
      List<Stage> stages, Map<String, HostArray> given, boolean eager, Weights weights) {
    Map<String, Part.Spec> specs = new LinkedHashMap<>();
    given.forEach((name, array) -> specs.put(name, new Part.Spec(array.type(), array.shape())));
    Values traced = new Values();
    Tracing.trace(stages, specs, traced);
    Part part =
        eager
            ? new EagerPart(stages, traced.read(), traced.written(), List.of(), weights)
            : new Segment(stages, traced.read(), traced.written(), weights, Models.CPU);
    try {
      return new LinkedHashMap<>(part.run(given));
    } finally {
      part.close();
    }
  }
}
