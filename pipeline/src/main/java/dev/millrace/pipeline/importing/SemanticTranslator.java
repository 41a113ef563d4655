package dev.millrace.pipeline.importing;

import java.util.List;
import java.util.Map;

/** {@code MODEL.SEM_SEG_HEAD} and {@code PANOPTIC_FPN}. */
final class SemanticTranslator {
  private static final String HEAD = "MODEL.SEM_SEG_HEAD.";
  private static final String COMBINE = "MODEL.PANOPTIC_FPN.COMBINE.";

  private final Translation translation;
  private final YacsConfig config;

  SemanticTranslator(Translation translation) {
    this.translation = translation;
    this.config = translation.config();
  }

  Map<String, Object> head() {
    String key = HEAD + "NAME";
    if (!config.text(key).equals("SemSegFPNHead")) {
      translation.cannot(key, "the semantic head that is known is SemSegFPNHead");
    }
    return new ComponentTree("SemSegFpnHead")
        .with("inFeatures", config.texts(HEAD + "IN_FEATURES"))
        .with("numClasses", classes())
        .with("convsDim", config.whole(HEAD + "CONVS_DIM"))
        .with("commonStride", config.whole(HEAD + "COMMON_STRIDE"))
        .with("norm", translation.norm(HEAD + "NORM"))
        .map();
  }

  /** With the one for things. */
  int classes() {
    return config.whole(HEAD + "NUM_CLASSES");
  }

  /** Names a semantic model's classes. */
  ComponentTree stuff(List<String> stuffClasses) {
    return new ComponentTree("PanopticPostprocessor").with("stuffClasses", stuffClasses);
  }

  Map<String, Object> combine(List<String> stuffClasses) {
    return stuff(stuffClasses)
        .with("overlapThresh", config.number(COMBINE + "OVERLAP_THRESH"))
        .with("stuffAreaThresh", config.number(COMBINE + "STUFF_AREA_LIMIT"))
        .with("instancesConfidenceThresh", config.number(COMBINE + "INSTANCES_CONFIDENCE_THRESH"))
        .map();
  }
}
