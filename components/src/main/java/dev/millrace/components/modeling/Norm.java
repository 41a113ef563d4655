package dev.millrace.components.modeling;

import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import dev.millrace.components.Build;
import dev.millrace.components.Spelling;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Normalisation after a convolution, under Detectron2's names. */
public enum Norm {
  NONE("''"),
  /** Batch normalisation whose statistics, scale and shift never change. */
  FROZEN_BN("FrozenBN"),
  /** Batch normalisation; by the batch's statistics while training. */
  BN("BN"),
  /** Group normalisation: each image by itself, 32 groups of channels. */
  GN("GN");

  /** What a configuration may say. */
  public static final String NAMES = "FrozenBN, BN, GN or '' (none)";

  private final String text;

  Norm(String text) {
    this.text = text;
  }

  /**
   * @param given what the configuration says under {@code key}, or null for {@code standard}
   */
  public static Norm of(Build build, String key, @Nullable String given, Norm standard) {
    if (given == null) {
      return standard;
    }
    for (Norm norm : values()) {
      if (norm.text.equals(given) || (norm == NONE && given.isEmpty())) {
        return norm;
      }
    }
    List<String> close =
        Spelling.close(given, Arrays.stream(values()).map(norm -> norm.text).toList());
    throw build.mistake(
        key,
        "expected " + NAMES + ", found '" + given + "'.",
        close.isEmpty()
            ? "Leave it out for " + standard.text + "."
            : "Did you mean " + String.join(" or ", close) + "?");
  }

  /** A new layer, or null for {@link #NONE}. */
  public @Nullable Block layer() {
    return switch (this) {
      case NONE -> null;
      case FROZEN_BN -> new FrozenBatchNorm();
      case BN -> BatchNorm.builder().build();
      case GN -> new GroupNorm();
    };
  }
}
