package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import org.jspecify.annotations.Nullable;

/** A convolution of an FBNet, ReLU, and perhaps the range that an int8 model has for both. */
final class FbNetConv extends Component {

  private final Conv2d conv;
  private final boolean relu;
  private final @Nullable OutputRange range;

  FbNetConv(Conv2d conv, boolean relu, boolean int8Range) {
    this.conv = add("", conv);
    this.relu = relu;
    range = int8Range ? add("activation", new OutputRange(), Initial.OPEN_RANGE) : null;
  }

  NDArray forward(Forward f, NDArray x) {
    NDArray y = f.apply(conv, x);
    NDArray active = relu ? Activation.relu(y) : y;
    return range == null ? active : f.apply(range, active);
  }
}
