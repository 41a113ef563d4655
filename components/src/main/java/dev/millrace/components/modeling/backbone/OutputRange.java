package dev.millrace.components.modeling.backbone;

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
 * Limits what a layer puts out to the range that an int8 model can express: {@code range} (2), the
 * least and the largest number. A model that was trained so relies on it.
 */
final class OutputRange extends AbstractBlock {

  private final Parameter range =
      addParameter(
          Parameter.builder()
              .setName("range")
              .setType(Parameter.Type.WEIGHT)
              .optRequiresGrad(false)
              .build());

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> options) {
    NDArray x = inputs.singletonOrThrow();
    Device device = x.getDevice();
    NDArray ends = store.getValue(range, device, false);
    return new NDList(x.maximum(ends.get("0:1")).minimum(ends.get("1:2")));
  }

  @Override
  protected void prepare(Shape[] inputs) {
    range.setShape(new Shape(2));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return inputs;
  }
}
