package dev.millrace.pipeline.importing;

import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.roi.BoxHead;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** {@code MODEL.ROI_HEADS} and the sections of its parts. */
final class RoiTranslator {
  private static final String ROI = "MODEL.ROI_HEADS.";
  private static final String BOX = "MODEL.ROI_BOX_HEAD.";
  private static final String CASCADE = "MODEL.ROI_BOX_CASCADE_HEAD.";
  private static final String MASK = "MODEL.ROI_MASK_HEAD.";
  private static final String KEYPOINT = "MODEL.ROI_KEYPOINT_HEAD.";
  private static final Map<String, String> NAMES =
      Map.of(
          "StandardROIHeads", "StandardRoiHeads",
          "Res5ROIHeads", "Res5RoiHeads",
          "CascadeROIHeads", "CascadeRoiHeads");

  private final Translation translation;
  private final YacsConfig config;

  RoiTranslator(Translation translation) {
    this.translation = translation;
    this.config = translation.config();
  }

  Map<String, Object> roiHeads(BackboneTranslator backbone) {
    String name = translation.component(RoiHeads.class, ROI + "NAME", NAMES);
    return switch (name) {
      case "StandardRoiHeads", "CascadeRoiHeads" -> standard(name);
      case "Res5RoiHeads" -> res5(name, backbone);
      default -> new ComponentTree(name).map();
    };
  }

  private Map<String, Object> standard(String name) {
    boolean cascade = name.equals("CascadeRoiHeads");
    ComponentTree tree =
        new ComponentTree(name)
            .with("inFeatures", config.texts(ROI + "IN_FEATURES"))
            .with("boxPooler", pooler(BOX))
            .with("boxHead", boxHead())
            .with("boxPredictor", boxPredictor(!cascade));
    if (cascade) {
      tree.with("stages", stages());
    }
    if (config.flag("MODEL.MASK_ON")) {
      tree.with("maskPooler", pooler(MASK)).with("maskHead", maskHead());
    }
    if (config.flag("MODEL.KEYPOINT_ON")) {
      tree.with("keypointPooler", pooler(KEYPOINT)).with("keypointHead", keypointHead());
    }
    return tree.unlessEmpty("training", training(!cascade)).map();
  }

  private Map<String, Object> res5(String name, BackboneTranslator backbone) {
    config.skip(BOX + "NAME", BOX + "NUM_FC", BOX + "FC_DIM", BOX + "NUM_CONV", BOX + "CONV_DIM");
    config.skip(BOX + "NORM", MASK + "POOLER_RESOLUTION", MASK + "POOLER_SAMPLING_RATIO");
    config.skip(MASK + "POOLER_TYPE");
    if (config.flag("MODEL.KEYPOINT_ON")) {
      translation.cannot("MODEL.KEYPOINT_ON", "Res5ROIHeads has no keypoints in Detectron2 either");
    }
    ComponentTree tree =
        new ComponentTree(name)
            .with("inFeatures", config.texts(ROI + "IN_FEATURES"))
            .with("pooler", pooler(BOX))
            .with("res5", backbone.res5())
            .with("boxPredictor", boxPredictor(true));
    if (config.flag("MODEL.MASK_ON")) {
      tree.with("maskHead", maskHead());
    }
    return tree.unlessEmpty("training", training(true)).map();
  }

  private Map<String, Object> pooler(String section) {
    String type = config.text(section + "POOLER_TYPE");
    if (!type.equals("ROIAlignV2") && !type.equals("ROIAlign")) {
      translation.cannot(section + "POOLER_TYPE", "regions are pooled by ROIAlignV2 or ROIAlign");
    }
    return new ComponentTree()
        .with("resolution", config.whole(section + "POOLER_RESOLUTION"))
        .with("type", type)
        .with("samplingRatio", config.whole(section + "POOLER_SAMPLING_RATIO"))
        .map();
  }

  private Map<String, Object> boxHead() {
    String name =
        translation.component(
            BoxHead.class, BOX + "NAME", Map.of("FastRCNNConvFCHead", "FastRcnnConvFcHead"));
    return new ComponentTree(name)
        .unless(
            List.of(),
            "convDims",
            repeated(config.whole(BOX + "CONV_DIM"), config.whole(BOX + "NUM_CONV")))
        .with("fcDims", repeated(config.whole(BOX + "FC_DIM"), config.whole(BOX + "NUM_FC")))
        .unless("", "norm", translation.norm(BOX + "NORM"))
        .map();
  }

  /**
   * @param weights whether its own weights count; a cascade has some for each stage
   */
  private Map<String, Object> boxPredictor(boolean weights) {
    if (config.flag(BOX + "USE_SIGMOID_CE")) {
      translation.cannot(
          BOX + "USE_SIGMOID_CE", "classes are told apart by softmax here, not by a sigmoid each");
    }
    ComponentTree tree =
        new ComponentTree("FastRcnnOutputLayers")
            .with("testScoreThresh", config.number(ROI + "SCORE_THRESH_TEST"))
            .with("testNmsThresh", config.number(ROI + "NMS_THRESH_TEST"))
            .with("testTopkPerImage", config.whole("TEST.DETECTIONS_PER_IMAGE"))
            .unless(false, "clsAgnosticBboxReg", config.flag(BOX + "CLS_AGNOSTIC_BBOX_REG"));
    if (weights) {
      tree.with("bboxRegWeights", config.numbers(BOX + "BBOX_REG_WEIGHTS"));
    }
    config.skip(BOX + "BBOX_REG_WEIGHTS");
    return tree.unless("smooth_l1", "bboxRegLossType", config.text(BOX + "BBOX_REG_LOSS_TYPE"))
        .unless(0, "smoothL1Beta", config.number(BOX + "SMOOTH_L1_BETA"))
        .map();
  }

  private List<Object> stages() {
    List<List<Double>> weights = config.table(CASCADE + "BBOX_REG_WEIGHTS");
    List<Double> ious = config.numbers(CASCADE + "IOUS");
    if (weights.size() != ious.size()) {
      translation.cannot(CASCADE + "IOUS", "there are " + weights.size() + " stages with weights");
    }
    if (!config.flag(BOX + "CLS_AGNOSTIC_BBOX_REG")) {
      translation.cannot(
          BOX + "CLS_AGNOSTIC_BBOX_REG",
          "a cascade has one box for all classes, in Detectron2 too");
    }
    List<Object> stages = new ArrayList<>();
    for (int i = 0; i < Math.min(weights.size(), ious.size()); i++) {
      stages.add(
          new ComponentTree()
              .with("bboxRegWeights", weights.get(i))
              .with("iouThreshold", ious.get(i))
              .map());
    }
    return stages;
  }

  private Map<String, Object> maskHead() {
    String key = MASK + "NAME";
    if (!config.text(key).equals("MaskRCNNConvUpsampleHead")) {
      translation.cannot(key, "the mask head that is known is MaskRCNNConvUpsampleHead");
    }
    return new ComponentTree("MaskRcnnConvUpsampleHead")
        .with(
            "convDims",
            repeated(config.whole(MASK + "CONV_DIM"), config.whole(MASK + "NUM_CONV") + 1))
        .unless("", "norm", translation.norm(MASK + "NORM"))
        .unless(false, "clsAgnosticMask", config.flag(MASK + "CLS_AGNOSTIC_MASK"))
        .map();
  }

  private Map<String, Object> keypointHead() {
    String key = KEYPOINT + "NAME";
    if (!config.text(key).equals("KRCNNConvDeconvUpsampleHead")) {
      translation.cannot(key, "the keypoint head that is known is KRCNNConvDeconvUpsampleHead");
    }
    return new ComponentTree("KrcnnConvDeconvUpsampleHead")
        .with("numKeypoints", config.whole(KEYPOINT + "NUM_KEYPOINTS"))
        .with("convDims", config.wholes(KEYPOINT + "CONV_DIMS"))
        .map();
  }

  /**
   * @param iou whether one threshold holds; a cascade has one for each stage
   */
  private Map<String, Object> training(boolean iou) {
    ComponentTree tree =
        new ComponentTree()
            .unless(512, "batchSizePerImage", config.whole(ROI + "BATCH_SIZE_PER_IMAGE"))
            .unless(0.25, "positiveFraction", config.number(ROI + "POSITIVE_FRACTION"));
    List<Double> thresholds = config.numbers(ROI + "IOU_THRESHOLDS");
    if (thresholds.size() != 1) {
      translation.leaveOut(ROI + "IOU_THRESHOLDS", "training has one threshold");
    } else if (iou) {
      tree.unless(0.5, "iouThreshold", thresholds.get(0));
    }
    return tree.unless(true, "proposalAppendGt", config.flag(ROI + "PROPOSAL_APPEND_GT")).map();
  }

  private static List<Integer> repeated(int value, int times) {
    return Collections.nCopies(Math.max(0, times), value);
  }
}
