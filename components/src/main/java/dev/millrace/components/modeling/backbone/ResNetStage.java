package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import java.util.ArrayList;
import java.util.List;

/**
 * One of {@code res2} to {@code res5}: residual blocks in a row, called {@code 0}, {@code 1}, ...
 * The backbone is made of it, and a C4 model's ROI heads have one.
 */
public final class ResNetStage extends Component {

  private final List<ResidualBlock> blocks = new ArrayList<>();
  private final int channels;
  private final int stride;

  /**
   * @param number 2 to 5
   * @param inputChannels of what comes in
   */
  public ResNetStage(ResNetShape shape, int number, int inputChannels) {
    channels = shape.channels(number);
    stride = shape.stride(number);
    for (int i = 0; i < shape.blocks(number); i++) {
      int in = i == 0 ? inputChannels : channels;
      blocks.add(add(Integer.toString(i), shape.block(number, in, i == 0 ? stride : 1)));
    }
  }

  /**
   * @param x (N, C, h, w)
   * @return (N, {@link #channels()}, h / {@link #stride()}, w / {@link #stride()}), rounded up
   */
  public NDArray forward(Forward f, NDArray x) {
    NDArray y = x;
    for (ResidualBlock block : blocks) {
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
