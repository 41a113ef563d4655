package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;

/** How four numbers say where a box is that another one points at. */
public interface BoxCoding {

  /**
   * @param deltas (..., 4)
   * @param boxes (..., 4), broadcast against deltas
   * @return (..., 4)
   */
  NDArray applyDeltas(NDArray deltas, NDArray boxes);

  /**
   * The deltas that move each box onto another: the inverse of {@link #applyDeltas}.
   *
   * @param starts boxes, 4 numbers each
   * @param targets as many
   * @return four deltas a box
   */
  float[] deltas(float[] starts, float[] targets);
}
