package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.supervision.Scalars;

/**
 * Detectron2's {@code Box2BoxTransform}: a box and four deltas (dx, dy, dw, dh) to a box, as in
 * Girshick et al., R-CNN, 2014.
 *
 * @param wx divides dx
 * @param wy divides dy
 * @param ww divides dw
 * @param wh divides dh
 */
public record BoxTransform(float wx, float wy, float ww, float wh) implements BoxCoding {

  /** exp(dw) is limited so that a box grows from 16 to 1000 pixels at most. */
  private static final float SCALE_CLAMP = (float) Math.log(1000.0 / 16);

  @Override
  public NDArray applyDeltas(NDArray deltas, NDArray boxes) {
    NDManager manager = deltas.getManager();
    NDArray low = part(boxes, 0);
    NDArray size = part(boxes, 2).sub(low);
    NDArray centre = low.add(Scalars.times(size, 0.5));
    NDArray move = part(deltas, 0).div(manager.create(new float[] {wx, wy}));
    NDArray grow =
        Scalars.atMost(part(deltas, 2).div(manager.create(new float[] {ww, wh})), SCALE_CLAMP);
    NDArray newCentre = move.mul(size).add(centre);
    NDArray half = Scalars.times(grow.exp().mul(size), 0.5);
    return NDArrays.concat(new NDList(newCentre.sub(half), newCentre.add(half)), -1);
  }

  /** Of boxes that are wider and higher than 0. */
  @Override
  public float[] deltas(float[] starts, float[] targets) {
    float[] deltas = new float[starts.length];
    for (int i = 0; i < starts.length; i += 4) {
      float width = starts[i + 2] - starts[i];
      float height = starts[i + 3] - starts[i + 1];
      float newWidth = targets[i + 2] - targets[i];
      float newHeight = targets[i + 3] - targets[i + 1];
      deltas[i] = wx * (targets[i] + 0.5f * newWidth - (starts[i] + 0.5f * width)) / width;
      deltas[i + 1] =
          wy * (targets[i + 1] + 0.5f * newHeight - (starts[i + 1] + 0.5f * height)) / height;
      deltas[i + 2] = ww * (float) Math.log(newWidth / width);
      deltas[i + 3] = wh * (float) Math.log(newHeight / height);
    }
    return deltas;
  }

  /** Two of the last axis. */
  static NDArray part(NDArray x, int from) {
    Shape shape = x.getShape();
    NDIndex index = new NDIndex().addAllDim(shape.dimension() - 1).addSliceDim(from, from + 2);
    return x.get(index);
  }

  /**
   * Clips boxes to their images.
   *
   * @param boxes (N, R, 4) or (N, R, K, 4)
   * @param sizes (N, 2): height and width
   */
  public static NDArray clip(NDArray boxes, NDArray sizes) {
    long n = boxes.getShape().get(0);
    NDArray wh = NDArrays.concat(new NDList(sizes.get(":, 1:2"), sizes.get(":, 0:1")), 1);
    NDArray limit = NDArrays.concat(new NDList(wh, wh), 1);
    Shape wide = boxes.getShape().dimension() == 3 ? new Shape(n, 1, 4) : new Shape(n, 1, 1, 4);
    return boxes.maximum(0f).minimum(limit.reshape(wide));
  }
}
