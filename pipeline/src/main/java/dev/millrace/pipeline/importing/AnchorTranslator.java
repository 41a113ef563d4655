package dev.millrace.pipeline.importing;

import dev.millrace.components.modeling.proposal.AnchorGenerator;
import java.util.Map;

/** {@code MODEL.ANCHOR_GENERATOR}. */
final class AnchorTranslator {
  private static final String KEY = "MODEL.ANCHOR_GENERATOR.";

  private AnchorTranslator() {}

  static Map<String, Object> anchors(Translation translation) {
    YacsConfig config = translation.config();
    String name =
        translation.component(
            AnchorGenerator.class,
            KEY + "NAME",
            Map.of("DefaultAnchorGenerator", "DefaultAnchorGenerator"));
    config.skip(KEY + "ANGLES");
    return new ComponentTree(name)
        .with("sizes", config.table(KEY + "SIZES"))
        .with("aspectRatios", config.table(KEY + "ASPECT_RATIOS"))
        .unless(0, "offset", config.number(KEY + "OFFSET"))
        .map();
  }
}
