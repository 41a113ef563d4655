package dev.millrace.components.modeling;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code FrozenBatchNorm2d}: {@code (x - mean) / sqrt(var + 1e-5) * weight + bias}
 * with values that training does not change. Gradients flow through it to {@code x}.
 */
final class FrozenBatchNorm extends AbstractBlock {

  private static final float EPSILON = 1e-5f;
  private static final float UNUSED_MOMENTUM = 0.9f;

  private final Parameter weight = frozen("weight", Parameter.Type.GAMMA);
  private final Parameter bias = frozen("bias", Parameter.Type.BETA);
  private final Parameter mean = frozen("running_mean", Parameter.Type.RUNNING_MEAN);
  private final Parameter variance = frozen("running_var", Parameter.Type.RUNNING_VAR);

  private Parameter frozen(String name, Parameter.Type type) {
    return addParameter(
        Parameter.builder().setName(name).setType(type).optRequiresGrad(false).build());
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> options) {
    NDArray x = inputs.singletonOrThrow();
    Device device = x.getDevice();
    return BatchNorm.batchNorm(
        x,
        store.getValue(mean, device, false),
        store.getValue(variance, device, false),
        store.getValue(weight, device, false),
        store.getValue(bias, device, false),
        1,
        UNUSED_MOMENTUM,
        EPSILON,
        false);
  }

  @Override
  protected void prepare(Shape[] inputs) {
    Shape channels = new Shape(inputs[0].get(1));
    weight.setShape(channels);
    bias.setShape(channels);
    mean.setShape(channels);
    variance.setShape(channels);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return inputs;
  }
}
