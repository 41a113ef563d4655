package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;

/** Detectron2's {@code BasicBlock}, of ResNet-18 and -34: two 3x3 convolutions. */
final class BasicBlock extends ResidualBlock {

  private final NormConv conv1;
  private final NormConv conv2;

  BasicBlock(int inputChannels, int outputChannels, int stride, Norm norm) {
    super(inputChannels, outputChannels, stride, norm);
    conv1 = add("conv1", new NormConv(outputChannels, 3, stride, 1, 1, false, norm));
    conv2 = add("conv2", new NormConv(outputChannels, 3, 1, 1, 1, false, norm));
  }

  @Override
  NDArray body(Forward f, NDArray x) {
    return conv2.forward(f, Activation.relu(conv1.forward(f, x)));
  }
}
