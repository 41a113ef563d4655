package dev.millrace.pipeline.importing;

/** What people call a model. */
final class Titles {
  private Titles() {}

  static String of(YacsConfig config) {
    return kind(config) + " with " + backbone(config);
  }

  private static String kind(YacsConfig config) {
    String architecture = text(config, "MODEL.META_ARCHITECTURE");
    boolean cascade = text(config, "MODEL.ROI_HEADS.NAME").equals("CascadeROIHeads");
    return switch (architecture) {
      case "GeneralizedRCNN" ->
          (cascade ? "Cascade " : "")
              + (is(config, "MODEL.KEYPOINT_ON")
                  ? "Keypoint R-CNN"
                  : is(config, "MODEL.MASK_ON")
                      ? "Mask R-CNN"
                      : cascade ? "R-CNN" : "Faster R-CNN");
      case "PanopticFPN" -> "Panoptic FPN";
      case "SemanticSegmentor" -> "Semantic segmentation";
      default -> architecture;
    };
  }

  private static String backbone(YacsConfig config) {
    String name = text(config, "MODEL.BACKBONE.NAME");
    if (!name.contains("resnet")) {
      return name;
    }
    Object groups = config.peek("MODEL.RESNETS.NUM_GROUPS");
    String depth = text(config, "MODEL.RESNETS.DEPTH");
    String net =
        Integer.valueOf(1).equals(groups)
            ? "ResNet-" + depth
            : "ResNeXt-%s %sx%sd"
                .formatted(depth, groups, config.peek("MODEL.RESNETS.WIDTH_PER_GROUP"));
    if (name.contains("fpn")) {
      return net + " and FPN";
    }
    return net
        + (Integer.valueOf(2).equals(config.peek("MODEL.RESNETS.RES5_DILATION"))
            ? " and a dilated res5"
            : "");
  }

  private static boolean is(YacsConfig config, String key) {
    return Boolean.TRUE.equals(config.peek(key));
  }

  private static String text(YacsConfig config, String key) {
    return String.valueOf(config.peek(key));
  }
}
