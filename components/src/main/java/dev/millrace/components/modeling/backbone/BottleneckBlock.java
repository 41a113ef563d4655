package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;

/**
 * Detectron2's {@code BottleneckBlock}, of ResNet-50 and deeper and of ResNeXt: 1x1, 3x3, 1x1
 * convolutions.
 */
final class BottleneckBlock extends ResidualBlock {

  private final NormConv conv1;
  private final NormConv conv2;
  private final NormConv conv3;

  /**
   * @param middle channels of the 3x3 convolution
   * @param strideIn1x1 whether the first convolution steps (the original models) or the second
   */
  BottleneckBlock(
      int inputChannels,
      int middle,
      int outputChannels,
      int stride,
      int dilation,
      int groups,
      boolean strideIn1x1,
      Norm norm) {
    super(inputChannels, outputChannels, stride, norm);
    int first = strideIn1x1 ? stride : 1;
    int second = strideIn1x1 ? 1 : stride;
    conv1 = add("conv1", new NormConv(middle, 1, first, 1, 1, false, norm));
    conv2 = add("conv2", new NormConv(middle, 3, second, dilation, groups, false, norm));
    conv3 = add("conv3", new NormConv(outputChannels, 1, 1, 1, 1, false, norm));
  }

  @Override
  NDArray body(Forward f, NDArray x) {
    NDArray y = Activation.relu(conv1.forward(f, x));
    return conv3.forward(f, Activation.relu(conv2.forward(f, y)));
  }
}
