package dev.millrace.pipeline.importing;

import dev.millrace.components.modeling.ProposalGenerator;
import dev.millrace.components.modeling.proposal.RpnHead;
import java.util.List;
import java.util.Map;

/** {@code MODEL.PROPOSAL_GENERATOR} and {@code RPN}. */
final class ProposalTranslator {
  private static final String RPN = "MODEL.RPN.";

  private final Translation translation;
  private final YacsConfig config;

  ProposalTranslator(Translation translation) {
    this.translation = translation;
    this.config = translation.config();
  }

  Map<String, Object> proposalGenerator() {
    String key = "MODEL.PROPOSAL_GENERATOR.NAME";
    if ("PrecomputedProposals".equals(config.peek(key))) {
      translation.cannot(
          key,
          "proposals come from a file there, and here from the picture: take a model with an RPN");
      return new ComponentTree("PrecomputedProposals").map();
    }
    String name = translation.component(ProposalGenerator.class, key, Map.of("RPN", "Rpn"));
    if (!name.equals("Rpn")) {
      return new ComponentTree(name).map();
    }
    return new ComponentTree(name)
        .with("inFeatures", config.texts(RPN + "IN_FEATURES"))
        .with("anchorGenerator", AnchorTranslator.anchors(translation))
        .with("head", head())
        .with("preNmsTopk", config.whole(RPN + "PRE_NMS_TOPK_TEST"))
        .with("postNmsTopk", config.whole(RPN + "POST_NMS_TOPK_TEST"))
        .with("nmsThresh", config.number(RPN + "NMS_THRESH"))
        .unless(0, "minBoxSize", config.number("MODEL.PROPOSAL_GENERATOR.MIN_SIZE"))
        .unless(List.of(1, 1, 1, 1), "bboxRegWeights", config.numbers(RPN + "BBOX_REG_WEIGHTS"))
        .unlessEmpty("training", training())
        .map();
  }

  private Map<String, Object> head() {
    String name =
        translation.component(
            RpnHead.class, RPN + "HEAD_NAME", Map.of("StandardRPNHead", "StandardRpnHead"));
    return new ComponentTree(name)
        .unless(List.of(-1), "convDims", config.wholes(RPN + "CONV_DIMS"))
        .map();
  }

  private Map<String, Object> training() {
    return new ComponentTree()
        .unless(256, "batchSizePerImage", config.whole(RPN + "BATCH_SIZE_PER_IMAGE"))
        .unless(0.5, "positiveFraction", config.number(RPN + "POSITIVE_FRACTION"))
        .unless(List.of(0.3, 0.7), "iouThresholds", config.numbers(RPN + "IOU_THRESHOLDS"))
        .unless(2000, "preNmsTopk", config.whole(RPN + "PRE_NMS_TOPK_TRAIN"))
        .unless(1000, "postNmsTopk", config.whole(RPN + "POST_NMS_TOPK_TRAIN"))
        .unless("smooth_l1", "bboxRegLossType", config.text(RPN + "BBOX_REG_LOSS_TYPE"))
        .unless(0, "smoothL1Beta", config.number(RPN + "SMOOTH_L1_BETA"))
        .unless(1, "lossWeight", config.number(RPN + "LOSS_WEIGHT"))
        .map();
  }
}
