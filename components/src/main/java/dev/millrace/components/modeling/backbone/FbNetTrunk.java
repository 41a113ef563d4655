package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * FBNet steps in a row, named as D2Go names them: {@code fbnetv2_<index>_<step>}. Backbone and
 * heads are made of it.
 */
public final class FbNetTrunk extends Component {

  /** What configurations say of {@code int8Ranges}. */
  public static final String INT8_RANGES =
      "Whether each convolution's output is limited to the range that the int8 checkpoint has for"
          + " it; default false";

  private final List<FbNetBlock> blocks = new ArrayList<>();
  private final int channels;
  private final int stride;
  private final int upscale;

  /** Without limits. */
  public FbNetTrunk(int index, int inputChannels, List<FbNetStep> steps) {
    this(index, inputChannels, steps, false);
  }

  /**
   * @param index the trunk's number in its owner
   * @param steps at least one
   * @param int8Ranges whether each convolution's output is limited as in an int8 model
   */
  public FbNetTrunk(int index, int inputChannels, List<FbNetStep> steps, boolean int8Ranges) {
    int in = inputChannels;
    int down = 1;
    int up = 1;
    for (FbNetStep step : steps) {
      blocks.add(
          add("fbnetv2_" + index + "_" + blocks.size(), new FbNetBlock(in, step, int8Ranges)));
      in = step.channels();
      down *= step.strideOrOne();
      up *= step.upscale();
    }
    channels = in;
    int both = BigInteger.valueOf(down).gcd(BigInteger.valueOf(up)).intValue();
    stride = down / both;
    upscale = up / both;
  }

  /**
   * @param x (N, C, h, w)
   * @return (N, {@link #channels()}, h * {@link #upscale()} / {@link #stride()}, likewise of w)
   */
  public NDArray forward(Forward f, NDArray x) {
    NDArray y = x;
    for (FbNetBlock block : blocks) {
      y = block.forward(f, y);
    }
    return y;
  }

  /** Channels that come out. */
  public int channels() {
    return channels;
  }

  /** Input cells for each output cell. */
  public int stride() {
    return stride;
  }

  /** Output cells for each input cell. */
  public int upscale() {
    return upscale;
  }
}
