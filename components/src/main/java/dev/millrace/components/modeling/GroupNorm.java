package dev.millrace.components.modeling;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * torch's {@code GroupNorm} with 32 groups, as Detectron2 uses it (Wu and He, 2018): mean and
 * variance of each image and group of channels.
 */
final class GroupNorm extends AbstractBlock {

  private static final int GROUPS = 32;
  private static final float EPSILON = 1e-5f;

  private final Parameter weight =
      addParameter(Parameter.builder().setName("weight").setType(Parameter.Type.GAMMA).build());
  private final Parameter bias =
      addParameter(Parameter.builder().setName("bias").setType(Parameter.Type.BETA).build());

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> options) {
    NDArray x = inputs.singletonOrThrow();
    Device device = x.getDevice();
    Shape shape = x.getShape();
    NDArray grouped = x.reshape(shape.get(0), GROUPS, shape.slice(1).size() / GROUPS);
    NDArray centred = grouped.sub(grouped.mean(new int[] {2}, true));
    NDArray variance = centred.mul(centred).mean(new int[] {2}, true);
    NDArray normal = centred.div(variance.add(EPSILON).sqrt()).reshape(shape);
    Shape channels = new Shape(1, shape.get(1), 1, 1);
    return new NDList(
        normal
            .mul(store.getValue(weight, device, training).reshape(channels))
            .add(store.getValue(bias, device, training).reshape(channels)));
  }

  @Override
  protected void prepare(Shape[] inputs) {
    long channels = inputs[0].get(1);
    if (channels % GROUPS != 0) {
      throw new IllegalArgumentException(
          "GN has " + GROUPS + " groups, which do not divide " + channels + " channels");
    }
    weight.setShape(new Shape(channels));
    bias.setShape(new Shape(channels));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return inputs;
  }
}
