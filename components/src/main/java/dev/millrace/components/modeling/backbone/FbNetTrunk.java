package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import java.util.ArrayList;
import java.util.List;

/**
 * FBNet steps in a row, named as D2Go names them: {@code fbnetv2_<index>_<step>}. Backbone and
 * heads are made of it.
 */
public final class FbNetTrunk extends Component {

  private final List<FbNetBlock> blocks = new ArrayList<>();
  private final int channels;
  private final int stride;

  /**
   * @param index the trunk's number in its owner
   * @param steps at least one
   */
  public FbNetTrunk(int index, int inputChannels, List<FbNetStep> steps) {
    int in = inputChannels;
    int product = 1;
    for (FbNetStep step : steps) {
      blocks.add(add("fbnetv2_" + index + "_" + blocks.size(), new FbNetBlock(in, step)));
      in = step.channels();
      product *= step.strideOrOne();
    }
    channels = in;
    stride = product;
  }

  /**
   * @param x (N, C, h, w)
   * @return (N, {@link #channels()}, h / {@link #stride()}, w / {@link #stride()})
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
}
