package dev.millrace.components.modeling;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;

/** DJL's layers, said in a line. */
public final class Layers {

  private Layers() {}

  /** A convolution with square kernel and bias. */
  public static Conv2d conv(int filters, int kernel, int stride, int padding, int groups) {
    return Conv2d.builder()
        .setFilters(filters)
        .setKernelShape(new Shape(kernel, kernel))
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape(padding, padding))
        .optGroups(groups)
        .optBias(true)
        .build();
  }

  /** A convolution with square kernel, padded so that a stride of 1 keeps the size. */
  public static Conv2d conv(
      int filters, int kernel, int stride, int dilation, int groups, boolean bias) {
    int padding = dilation * (kernel / 2);
    return Conv2d.builder()
        .setFilters(filters)
        .setKernelShape(new Shape(kernel, kernel))
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape(padding, padding))
        .optDilation(new Shape(dilation, dilation))
        .optGroups(groups)
        .optBias(bias)
        .build();
  }

  /** A depth-wise convolution without bias: every channel by itself. */
  public static Conv2d depthwise(int channels, int kernel, int stride) {
    return Conv2d.builder()
        .setFilters(channels)
        .setKernelShape(new Shape(kernel, kernel))
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape(kernel / 2, kernel / 2))
        .optGroups(channels)
        .optBias(false)
        .build();
  }

  /** A convolution that keeps the size: odd kernel, stride 1. */
  public static Conv2d conv(int filters, int kernel) {
    return conv(filters, kernel, 1, kernel / 2, 1);
  }

  /** A fully connected layer with bias. */
  public static Linear linear(int units) {
    return Linear.builder().setUnits(units).build();
  }
}
