package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code Conv2d}: a convolution and what normalises it, with parameters {@code
 * weight}, {@code bias} and {@code norm.weight}, ... The padding is half the kernel, so that a
 * stride of 1 keeps the size.
 */
public final class NormConv extends Component {

  private final Conv2d conv;
  private final @Nullable Block norm;

  /**
   * @param kernel rows and columns, odd
   * @param bias whether the convolution adds one of its own
   */
  public NormConv(
      int filters, int kernel, int stride, int dilation, int groups, boolean bias, Norm norm) {
    this(filters, kernel, stride, dilation, groups, bias, norm, Initial.MSRA);
  }

  private NormConv(
      int filters,
      int kernel,
      int stride,
      int dilation,
      int groups,
      boolean bias,
      Norm norm,
      Initial initial) {
    conv = add("", Layers.conv(filters, kernel, stride, dilation, groups, bias), initial);
    Block layer = norm.layer();
    this.norm = layer == null ? null : add("norm", layer);
    if (norm == Norm.BN) {
      buffer("norm.num_batches_tracked");
    }
  }

  /** Stride 1, and a bias only where no normalisation follows that would undo it. */
  public static NormConv of(int filters, int kernel, Norm norm, Initial initial) {
    return new NormConv(filters, kernel, 1, 1, 1, norm == Norm.NONE, norm, initial);
  }

  /**
   * @param x (N, C, h, w)
   * @return (N, filters, h / stride, w / stride), rounded up
   */
  public NDArray forward(Forward f, NDArray x) {
    NDArray y = f.apply(conv, x);
    return norm == null ? y : f.apply(norm, y);
  }
}
