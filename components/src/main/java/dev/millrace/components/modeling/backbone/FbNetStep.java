package dev.millrace.components.modeling.backbone;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** One step of an FBNet architecture. */
public record FbNetStep(
    @JsonPropertyDescription("conv (convolution with ReLU) or ir (inverted residual)") String op,
    @JsonPropertyDescription("Kernel size of the (depth-wise) convolution, odd") Integer kernel,
    @JsonPropertyDescription("Output channels") Integer channels,
    @JsonPropertyDescription("1 (default) or 2") @Nullable Integer stride,
    @JsonPropertyDescription("Inverted residual: inner channels over input channels, default 1")
        @Nullable Integer expansion) {

  public FbNetStep {
    if (!op.equals("conv") && !op.equals("ir")) {
      throw new IllegalArgumentException("expected op conv or ir, found '" + op + "'");
    }
    if (kernel < 1 || kernel % 2 == 0 || channels < 1 || pace(stride) < 1 || pace(expansion) < 1) {
      throw new IllegalArgumentException(
          "expected an odd kernel and positive channels, stride and expansion, found kernel "
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

  int strideOrOne() {
    return pace(stride);
  }

  int expansionOrOne() {
    return pace(expansion);
  }

  boolean plain() {
    return op.equals("conv");
  }
}
