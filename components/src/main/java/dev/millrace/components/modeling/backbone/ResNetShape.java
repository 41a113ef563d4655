package dev.millrace.components.modeling.backbone;

import dev.millrace.components.modeling.Norm;
import java.util.List;
import java.util.Map;

/**
 * What makes one ResNet another: Detectron2's {@code MODEL.RESNETS}.
 *
 * @param depth 18, 34, 50, 101 or 152
 * @param stemChannels that the first convolution gives
 * @param res2Channels that {@code res2} gives; each later stage twice as many
 * @param groups of the 3x3 convolutions; above 1 it is a ResNeXt
 * @param widthPerGroup channels of a group in {@code res2}; each later stage twice as many
 * @param strideIn1x1 whether a bottleneck's first convolution steps, or its 3x3 one
 * @param res5Dilation 1, or 2: {@code res5} then keeps the size of {@code res4}
 * @param norm after every convolution
 */
public record ResNetShape(
    int depth,
    int stemChannels,
    int res2Channels,
    int groups,
    int widthPerGroup,
    boolean strideIn1x1,
    int res5Dilation,
    Norm norm) {

  private static final Map<Integer, List<Integer>> BLOCKS =
      Map.of(
          18, List.of(2, 2, 2, 2),
          34, List.of(3, 4, 6, 3),
          50, List.of(3, 4, 6, 3),
          101, List.of(3, 4, 23, 3),
          152, List.of(3, 8, 36, 3));

  public ResNetShape {
    if (!BLOCKS.containsKey(depth)) {
      throw new IllegalArgumentException(
          "expected a depth of 18, 34, 50, 101 or 152, found " + depth);
    }
    if (stemChannels < 1 || res2Channels < 1 || groups < 1 || widthPerGroup < 1) {
      throw new IllegalArgumentException(
          "expected positive channels, groups and widths, found "
              + List.of(stemChannels, res2Channels, groups, widthPerGroup));
    }
    if (res5Dilation != 1 && res5Dilation != 2) {
      throw new IllegalArgumentException(
          "expected a res5Dilation of 1 or 2, found " + res5Dilation);
    }
    if (isBasic(depth) && (groups != 1 || res5Dilation != 1)) {
      throw new IllegalArgumentException(
          "a ResNet-" + depth + " has neither groups nor a dilated res5");
    }
  }

  /** The usual one of this depth, with frozen batch normalisation. */
  public static ResNetShape of(int depth) {
    return new ResNetShape(depth, 64, res2Channels(depth), 1, 64, true, 1, Norm.FROZEN_BN);
  }

  static int res2Channels(int depth) {
    return isBasic(depth) ? 64 : 256;
  }

  private static boolean isBasic(int depth) {
    return depth < 50;
  }

  int blocks(int stage) {
    return BLOCKS.getOrDefault(depth, List.of()).get(stage - 2);
  }

  int channels(int stage) {
    return res2Channels << (stage - 2);
  }

  int stride(int stage) {
    return stage == 2 || (stage == 5 && res5Dilation == 2) ? 1 : 2;
  }

  ResidualBlock block(int stage, int inputChannels, int stride) {
    return isBasic(depth)
        ? new BasicBlock(inputChannels, channels(stage), stride, norm)
        : new BottleneckBlock(
            inputChannels,
            groups * widthPerGroup << (stage - 2),
            channels(stage),
            stride,
            stage == 5 ? res5Dilation : 1,
            groups,
            strideIn1x1,
            norm);
  }
}
