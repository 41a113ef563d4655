package dev.millrace.pipeline.importing;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/** {@code MODEL.RETINANET}. */
final class RetinaNetTranslator {
  private static final String KEY = "MODEL.RETINANET.";

  private final Translation translation;
  private final YacsConfig config;

  RetinaNetTranslator(Translation translation) {
    this.translation = translation;
    this.config = translation.config();
  }

  ComponentTree retinaNet(BackboneTranslator backbone) {
    List<String> features = config.texts(KEY + "IN_FEATURES");
    return new ComponentTree("RetinaNet")
        .with("backbone", backbone.backbone())
        .with("inFeatures", features)
        .with("anchorGenerator", AnchorTranslator.anchors(translation))
        .with("head", head(backbone.channels(features.isEmpty() ? "" : features.get(0))))
        .with("testScoreThresh", config.number(KEY + "SCORE_THRESH_TEST"))
        .with("testTopkCandidates", config.whole(KEY + "TOPK_CANDIDATES_TEST"))
        .with("testNmsThresh", config.number(KEY + "NMS_THRESH_TEST"))
        .with("maxDetectionsPerImage", config.whole("TEST.DETECTIONS_PER_IMAGE"))
        .unless(List.of(1, 1, 1, 1), "bboxRegWeights", config.numbers(KEY + "BBOX_REG_WEIGHTS"));
  }

  private Map<String, Object> head(int channels) {
    String norm = config.text(KEY + "NORM");
    if (norm.endsWith("BN") && !norm.equals("FrozenBN")) {
      translation.cannot(
          KEY + "NORM",
          "each level has statistics of its own there, and the levels share them here");
    }
    return new ComponentTree("RetinaNetHead")
        .with(
            "convDims", Collections.nCopies(Math.max(0, config.whole(KEY + "NUM_CONVS")), channels))
        .unless("", "norm", translation.norm(KEY + "NORM"))
        .unless(0.01, "priorProb", config.number(KEY + "PRIOR_PROB"))
        .map();
  }

  Map<String, Object> training() {
    return new ComponentTree()
        .unless(List.of(0.4, 0.5), "iouThresholds", config.numbers(KEY + "IOU_THRESHOLDS"))
        .unless(0.25, "focalLossAlpha", config.number(KEY + "FOCAL_LOSS_ALPHA"))
        .unless(2, "focalLossGamma", config.number(KEY + "FOCAL_LOSS_GAMMA"))
        .unless("smooth_l1", "bboxRegLossType", config.text(KEY + "BBOX_REG_LOSS_TYPE"))
        .with("smoothL1Beta", config.number(KEY + "SMOOTH_L1_LOSS_BETA"))
        .map();
  }
}
