package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import dev.millrace.components.supervision.Scalars;

/**
 * Detectron2's {@code Box2BoxTransformLinear}: how far the four edges are from the middle of a
 * square box, in sides of that box (Tian et al., FCOS, 2019).
 */
public record LinearBoxTransform() implements BoxCoding {

  /** Edges do not cross the middle: distances below 0 count as 0. */
  @Override
  public NDArray applyDeltas(NDArray deltas, NDArray boxes) {
    NDArray low = BoxTransform.part(boxes, 0);
    NDArray high = BoxTransform.part(boxes, 2);
    NDArray size = high.sub(low);
    NDArray centre = Scalars.times(low.add(high), 0.5);
    NDArray distances = Activation.relu(deltas);
    return NDArrays.concat(
        new NDList(
            centre.sub(BoxTransform.part(distances, 0).mul(size)),
            centre.add(BoxTransform.part(distances, 2).mul(size))),
        -1);
  }

  @Override
  public float[] deltas(float[] starts, float[] targets) {
    float[] deltas = new float[starts.length];
    for (int i = 0; i < starts.length; i += 4) {
      for (int axis = 0; axis < 2; axis++) {
        float low = starts[i + axis];
        float high = starts[i + axis + 2];
        float centre = 0.5f * (low + high);
        deltas[i + axis] = (centre - targets[i + axis]) / (high - low);
        deltas[i + axis + 2] = (targets[i + axis + 2] - centre) / (high - low);
      }
    }
    return deltas;
  }
}
