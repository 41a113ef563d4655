package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Layers;
import org.jspecify.annotations.Nullable;

/**
 * A step of FBNetV2/V3, with batch normalisation folded into the convolutions as in an exported
 * model: an inverted residual (point-wise, depth-wise, point-wise linear; Sandler et al.,
 * MobileNetV2, 2018) or a plain convolution with ReLU.
 */
final class FbNetBlock extends Component {

  private final @Nullable Conv2d conv;
  private final @Nullable Conv2d pw;
  private final @Nullable Conv2d dw;
  private final @Nullable Conv2d pwl;
  private final boolean residual;

  FbNetBlock(int inputChannels, FbNetStep step) {
    residual = step.plain() ? false : step.strideOrOne() == 1 && inputChannels == step.channels();
    if (step.plain()) {
      conv =
          add(
              "conv",
              Layers.conv(
                  step.channels(), step.kernel(), step.strideOrOne(), step.kernel() / 2, 1));
      pw = null;
      dw = null;
      pwl = null;
      return;
    }
    int middle = inputChannels * step.expansionOrOne();
    conv = null;
    pw = step.expansionOrOne() == 1 ? null : add("pw.conv", Layers.conv(middle, 1));
    dw = add("dw.conv", Layers.depthwise(middle, step.kernel(), step.strideOrOne()));
    pwl = add("pwl.conv", Layers.conv(step.channels(), 1));
  }

  NDArray forward(Forward f, NDArray x) {
    if (conv != null) {
      return Activation.relu(f.apply(conv, x));
    }
    NDArray y = pw == null ? x : Activation.relu(f.apply(pw, x));
    if (dw != null && pwl != null) {
      y = f.apply(pwl, f.apply(dw, y));
    }
    return residual ? y.add(x) : y;
  }
}
