package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;

/** Detectron2's {@code BasicStem}: a 7x7 convolution and max-pooling, together of stride 4. */
final class ResNetStem extends Component {

  static final int STRIDE = 4;

  private final NormConv conv1;

  ResNetStem(int channels, Norm norm) {
    conv1 = add("conv1", new NormConv(channels, 7, 2, 1, 1, false, norm));
  }

  NDArray forward(Forward f, NDArray image) {
    NDArray x = Activation.relu(conv1.forward(f, image));
    return Pool.maxPool2d(x, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
  }
}
