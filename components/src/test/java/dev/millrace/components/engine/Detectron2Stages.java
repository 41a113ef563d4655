package dev.millrace.components.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.modeling.proposal.RpnHead;
import dev.millrace.components.modeling.roi.BoxPredictor;
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
          Instances.CLASSES);

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
    all.add(new Stage("pool", "test", this::pool));
    all.add(new Stage("box_head", "test", this::boxHead));
    all.add(new Stage("box_predictor", "test", this::predict));
    all.add(new Stage("boxes_and_probabilities", "test", this::boxesAndProbabilities));
    all.add(own.get(3));
    return all;
  }

  /** The end of the last stage by itself. */
  Stage inference() {
    return new Stage("inference", "test", this::inference);
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

  private void pool(Forward f, Values v) {
    NDArray boxes = v.get("proposals.boxes");
    List<NDArray> maps = new ArrayList<>();
    d2.roiFeatures.forEach(level -> maps.add(v.get("features." + level)));
    v.put("roi_levels_call0", d2.pooler.levels(boxes).reshape(-1));
    v.put("box_pooled", d2.pooler.forward(maps, boxes));
  }

  private void boxHead(Forward f, Values v) {
    v.put("box_head_out", d2.boxHead.forward(f, v.get("box_pooled")));
  }

  private void predict(Forward f, Values v) {
    BoxPredictor.Predictions p = d2.boxPredictor.forward(f, v.get("box_head_out"));
    v.put("cls_logits", p.scores());
    v.put("box_deltas", p.deltas());
  }

  private void boxesAndProbabilities(Forward f, Values v) {
    NDArray boxes = v.get("proposals.boxes");
    long rows = boxes.getShape().get(0) * boxes.getShape().get(1);
    NDArray deltas = v.get("box_deltas").reshape(rows, Detectron2.CLASSES, 4);
    v.put(
        "pred_boxes_all",
        Detectron2.ROI_BOXES
            .applyDeltas(deltas, boxes.reshape(rows, 1, 4))
            .reshape(rows, 4L * Detectron2.CLASSES));
    v.put("pred_probs_all", v.get("cls_logits").softmax(-1));
  }

  private void inference(Forward f, Values v) {
    Instances found =
        d2.boxPredictor.inference(
            new BoxPredictor.Predictions(v.get("cls_logits"), v.get("box_deltas")),
            new Proposals(v.get("proposals.boxes"), v.get("proposals.logits")),
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
