package dev.millrace.pipeline.importing;

import dev.millrace.components.modeling.Backbone;
import java.util.List;
import java.util.Map;

/** {@code MODEL.BACKBONE}, {@code RESNETS} and {@code FPN}. */
final class BackboneTranslator {
  private static final List<String> ALL_STAGES = List.of("res2", "res3", "res4", "res5");
  private static final Map<String, String> NAMES =
      Map.of(
          "build_resnet_backbone", "ResNet",
          "build_resnet_fpn_backbone", "Fpn",
          "build_retinanet_resnet_fpn_backbone", "Fpn");

  private final Translation translation;
  private final YacsConfig config;

  BackboneTranslator(Translation translation) {
    this.translation = translation;
    this.config = translation.config();
  }

  Map<String, Object> backbone() {
    String detectron2 = String.valueOf(config.peek("MODEL.BACKBONE.NAME"));
    String name = translation.component(Backbone.class, "MODEL.BACKBONE.NAME", NAMES);
    return switch (name) {
      case "ResNet" -> resNet();
      case "Fpn" -> fpn(detectron2.contains("retinanet") ? "LastLevelP6P7" : "LastLevelMaxPool");
      default -> new ComponentTree(name).map();
    };
  }

  /** The maps' channels where a pyramid gives them, else those of a stage. */
  int channels(String feature) {
    if (String.valueOf(config.peek("MODEL.BACKBONE.NAME")).contains("fpn")) {
      return config.whole("MODEL.FPN.OUT_CHANNELS");
    }
    int stage = Math.max(0, ALL_STAGES.indexOf(feature));
    return config.whole("MODEL.RESNETS.RES2_OUT_CHANNELS") << stage;
  }

  private Map<String, Object> fpn(String topBlock) {
    return new ComponentTree("Fpn")
        .with("bottomUp", resNet())
        .with("inFeatures", config.texts("MODEL.FPN.IN_FEATURES"))
        .with("outChannels", config.whole("MODEL.FPN.OUT_CHANNELS"))
        .unless("", "norm", translation.norm("MODEL.FPN.NORM"))
        .unless("sum", "fuseType", config.text("MODEL.FPN.FUSE_TYPE"))
        .with("topBlock", new ComponentTree(topBlock).map())
        .map();
  }

  private Map<String, Object> resNet() {
    deformable();
    int depth = config.whole("MODEL.RESNETS.DEPTH");
    ComponentTree tree =
        new ComponentTree("ResNet")
            .with("depth", depth)
            .unless(64, "stemOutChannels", config.whole("MODEL.RESNETS.STEM_OUT_CHANNELS"));
    return blocks(tree, depth)
        .unless(1, "res5Dilation", config.whole("MODEL.RESNETS.RES5_DILATION"))
        .unless("FrozenBN", "norm", translation.norm("MODEL.RESNETS.NORM"))
        .unless(ALL_STAGES, "outFeatures", config.texts("MODEL.RESNETS.OUT_FEATURES"))
        .map();
  }

  /**
   * The last stage by itself, as {@code Res5ROIHeads} has it: three bottlenecks without dilation,
   * whatever is below.
   */
  Map<String, Object> res5() {
    int depth = Math.max(50, config.whole("MODEL.RESNETS.DEPTH"));
    return blocks(new ComponentTree().with("depth", depth), depth)
        .unless("FrozenBN", "norm", translation.norm("MODEL.RESNETS.NORM"))
        .map();
  }

  private ComponentTree blocks(ComponentTree tree, int depth) {
    return tree.unless(
            depth < 50 ? 64 : 256,
            "res2OutChannels",
            config.whole("MODEL.RESNETS.RES2_OUT_CHANNELS"))
        .unless(1, "numGroups", config.whole("MODEL.RESNETS.NUM_GROUPS"))
        .unless(64, "widthPerGroup", config.whole("MODEL.RESNETS.WIDTH_PER_GROUP"))
        .unless(true, "strideIn1x1", config.flag("MODEL.RESNETS.STRIDE_IN_1X1"));
  }

  private void deformable() {
    String key = "MODEL.RESNETS.DEFORM_ON_PER_STAGE";
    if (config.peek(key) instanceof List<?> stages && stages.contains(true)) {
      translation.cannot(key, "deformable convolutions are not built here");
    }
    config.skip(key, "MODEL.RESNETS.DEFORM_MODULATED", "MODEL.RESNETS.DEFORM_NUM_GROUPS");
  }
}
