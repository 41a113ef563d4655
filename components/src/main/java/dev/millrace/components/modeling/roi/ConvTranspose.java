package dev.millrace.components.modeling.roi;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.millrace.components.trace.VisionOps;
import org.jspecify.annotations.Nullable;

/**
 * torch's {@code ConvTranspose2d} with square kernel and bias: {@code weight} (C, filters, k, k),
 * {@code bias} (filters).
 */
final class ConvTranspose extends AbstractBlock {

  private final int filters;
  private final int kernel;
  private final int stride;
  private final int padding;
  private final Parameter weight =
      addParameter(Parameter.builder().setName("weight").setType(Parameter.Type.WEIGHT).build());
  private final Parameter bias =
      addParameter(Parameter.builder().setName("bias").setType(Parameter.Type.BIAS).build());

  /**
   * @param padding at most {@code kernel - 1}; what is taken away at each border
   */
  ConvTranspose(int filters, int kernel, int stride, int padding) {
    this.filters = filters;
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> options) {
    NDArray x = inputs.singletonOrThrow();
    Device device = x.getDevice();
    return new NDList(
        VisionOps.convTranspose(
            x,
            store.getValue(weight, device, training),
            store.getValue(bias, device, training),
            stride,
            padding));
  }

  @Override
  protected void prepare(Shape[] inputs) {
    weight.setShape(new Shape(inputs[0].get(1), filters, kernel, kernel));
    bias.setShape(new Shape(filters));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    Shape x = inputs[0];
    return new Shape[] {
      new Shape(
          x.get(0),
          filters,
          (x.get(2) - 1) * stride - 2L * padding + kernel,
          (x.get(3) - 1) * stride - 2L * padding + kernel)
    };
  }
}
