package dev.millrace.components.modeling.backbone;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** One step of an FBNet architecture. */
public record FbNetStep(
    @JsonPropertyDescription("conv (convolution with ReLU) or ir (inverted residual)") String op,
    @JsonPropertyDescription("Kernel size of the (depth-wise) convolution, odd") Integer kernel,
    @JsonPropertyDescription("Output channels") Integer channels,
    @JsonPropertyDescription(
            "1 (default), 2, or of an inverted residual -2: doubles the size before the depth-wise"
                + " convolution")
        @Nullable Integer stride,
    @JsonPropertyDescription("Inverted residual: inner channels over input channels, default 1")
        @Nullable Integer expansion) {

  private static final int UPSAMPLE = -2;

  public FbNetStep {
    if (!op.equals("conv") && !op.equals("ir")) {
      throw new IllegalArgumentException("expected op conv or ir, found '" + op + "'");
    }
    boolean steps = pace(stride) >= 1 || (pace(stride) == UPSAMPLE && op.equals("ir"));
    if (kernel < 1 || kernel % 2 == 0 || channels < 1 || !steps || pace(expansion) < 1) {
      throw new IllegalArgumentException(
          "expected an odd kernel and positive channels, stride (or -2) and expansion, found kernel "
              + kernel
              + ", channels "
              + channels
              + ", stride "
              + stride
              + ", expansion "
              + expansion);
    }
  }

  private static int pace(@Nullable Integer given) {
    return given == null ? 1 : given;
  }

  /** Input cells for each output cell, along an axis; 1 where it doubles the size. */
  int strideOrOne() {
    return Math.max(pace(stride), 1);
  }

  /** Output cells for each input cell, along an axis. */
  int upscale() {
    return pace(stride) == UPSAMPLE ? 2 : 1;
  }

  int expansionOrOne() {
    return pace(expansion);
  }

  boolean plain() {
    return op.equals("conv");
  }
}
