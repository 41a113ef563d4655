package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;
import org.jspecify.annotations.Nullable;

/** A residual block (He et al., ResNet, 2015): {@code relu(body(x) + shortcut(x))}. */
abstract class ResidualBlock extends Component {

  private final @Nullable NormConv shortcut;

  /** Where channels change, the shortcut is a 1x1 convolution; else {@code x} itself. */
  ResidualBlock(int inputChannels, int outputChannels, int stride, Norm norm) {
    shortcut =
        inputChannels == outputChannels
            ? null
            : add("shortcut", new NormConv(outputChannels, 1, stride, 1, 1, false, norm));
  }

  /** Without the last activation. */
  abstract NDArray body(Forward f, NDArray x);

  final NDArray forward(Forward f, NDArray x) {
    NDArray y = body(f, x);
    return Activation.relu(y.add(shortcut == null ? x : shortcut.forward(f, x)));
  }
}
