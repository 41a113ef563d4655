package dev.millrace.pipeline.importing;

import java.util.List;
import java.util.Set;

/** What becomes of the keys that are set and that no translator asked for. */
final class Leftovers {

  /** How and from what it is trained, and where the results go. */
  private static final List<String> TRAINING =
      List.of("SOLVER.", "DATALOADER.", "DATASETS.", "INPUT.", "MODEL.BACKBONE.FREEZE_AT");

  /** Where and how Detectron2 runs. */
  private static final Set<String> RUNNING =
      Set.of(
          "MODEL.DEVICE",
          "MODEL.WEIGHTS",
          "OUTPUT_DIR",
          "SEED",
          "CUDNN_BENCHMARK",
          "FLOAT32_PRECISION",
          "VIS_PERIOD",
          "GLOBAL.HACK");

  private Leftovers() {}

  static void report(Translation translation) {
    YacsConfig config = translation.config();
    for (String key : config.unread()) {
      if (config.unknown().contains(key)) {
        unknown(translation, key);
      } else if (TRAINING.stream().anyMatch(key::startsWith)) {
        translation.leaveOut(key, "a setting of training");
      } else if (key.startsWith("TEST.")) {
        evaluation(translation, key);
      } else if (!RUNNING.contains(key) && config.isSectionRead(key)) {
        translation.leaveOut(key, "a setting of training");
      }
    }
  }

  private static void unknown(Translation translation, String key) {
    if (key.startsWith("MODEL.") || key.startsWith("INPUT.")) {
      translation.cannot(key, "Detectron2 has no such key, so its meaning is not known here");
    } else {
      translation.leaveOut(key, "a key that Detectron2 does not have");
    }
  }

  private static void evaluation(Translation translation, String key) {
    if (!key.startsWith("TEST.AUG.")) {
      translation.leaveOut(key, "a setting of evaluation");
    } else if (Boolean.TRUE.equals(translation.config().peek("TEST.AUG.ENABLED"))) {
      translation.leaveOut(key, "test-time augmentation is not built");
    }
  }
}
