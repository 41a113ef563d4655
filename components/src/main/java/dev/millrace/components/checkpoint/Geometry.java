package dev.millrace.components.checkpoint;

import java.util.List;

/**
 * How a convolution steps, as far as the file says it: pairs are (vertical, horizontal), in pixels.
 *
 * @param transposed whether its weight is (in, out / groups, h, w) and not (out, in / groups, h, w)
 */
public record Geometry(
    List<Long> stride,
    List<Long> padding,
    List<Long> dilation,
    List<Long> outputPadding,
    long groups,
    boolean transposed) {

  public Geometry {
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
    dilation = List.copyOf(dilation);
    outputPadding = List.copyOf(outputPadding);
  }

  /** One line without what is usual. */
  @Override
  public String toString() {
    return "stride "
        + stride
        + " padding "
        + padding
        + (dilation.stream().allMatch(d -> d == 1) ? "" : " dilation " + dilation)
        + (groups == 1 ? "" : " groups " + groups)
        + (transposed ? " transposed, output padding " + outputPadding : "");
  }
}
