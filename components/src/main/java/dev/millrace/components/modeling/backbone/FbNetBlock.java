package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.convolutional.Conv2d;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.trace.VisionOps;
import org.jspecify.annotations.Nullable;

/**
 * A step of FBNetV2/V3, with batch normalisation folded into the convolutions as in an exported
 * model: an inverted residual (point-wise, depth-wise, point-wise linear; Sandler et al.,
 * MobileNetV2, 2018) or a plain convolution with ReLU.
 */
public final class FbNetBlock extends Component {

  private final @Nullable FbNetConv conv;
  private final @Nullable FbNetConv pw;
  private final @Nullable FbNetConv dw;
  private final @Nullable FbNetConv pwl;
  private final int upscale;
  private final boolean residual;

  FbNetBlock(int inputChannels, FbNetStep step, boolean int8Ranges) {
    this(inputChannels, step, true, int8Ranges);
  }

  /**
   * @param bias whether point-wise convolutions add one, as those do that a normalisation was
   *     folded into
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetBlock(int inputChannels, FbNetStep step, boolean bias, boolean int8Ranges) {
    int kernel = step.kernel();
    int stride = step.strideOrOne();
    upscale = step.upscale();
    residual = !step.plain() && stride == 1 && upscale == 1 && inputChannels == step.channels();
    if (step.plain()) {
      conv =
          add(
              "conv",
              new FbNetConv(
                  Layers.conv(step.channels(), kernel, stride, kernel / 2, 1), true, int8Ranges));
      pw = null;
      dw = null;
      pwl = null;
      return;
    }
    int middle = inputChannels * step.expansionOrOne();
    conv = null;
    pw =
        step.expansionOrOne() == 1
            ? null
            : add("pw.conv", new FbNetConv(pointwise(middle, bias), true, int8Ranges));
    dw = add("dw.conv", new FbNetConv(Layers.depthwise(middle, kernel, stride), false, int8Ranges));
    pwl = add("pwl.conv", new FbNetConv(pointwise(step.channels(), bias), false, int8Ranges));
  }

  private static Conv2d pointwise(int filters, boolean bias) {
    return Layers.conv(filters, 1, 1, 1, 1, bias);
  }

  /**
   * @param x (N, C, h, w)
   * @return of the step's channels and stride
   */
  public NDArray forward(Forward f, NDArray x) {
    if (conv != null) {
      return conv.forward(f, x);
    }
    NDArray y = pw == null ? x : pw.forward(f, x);
    if (upscale > 1) {
      y = VisionOps.upsampleNearest(y, upscale);
    }
    if (dw != null && pwl != null) {
      y = pwl.forward(f, dw.forward(f, y));
    }
    return residual ? y.add(x) : y;
  }
}
