package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Bool;
import dev.millrace.components.checkpoint.Pickled.Global;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.None;
import dev.millrace.components.checkpoint.Pickled.Real;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import dev.millrace.components.checkpoint.Pickled.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a quantised convolution or linear layer, out of the tuple that PyTorch saves it
 * as.
 *
 * @param geometry of a convolution
 * @param activation the range of its output, where the tuple says it
 */
record PackedLayer(
    View weight,
    @Nullable View bias,
    @Nullable Geometry geometry,
    @Nullable Quantisation activation) {

  /** What the tuple holds, or null if no layer of this type has such a state. */
  static @Nullable PackedLayer of(Global type, List<Pickled> state) {
    if (!type.module().contains("quantized")) {
      return null;
    }
    if (type.name().startsWith("Linear")) {
      return linear(state);
    }
    return type.name().startsWith("Conv") && state.size() == 15 ? convolution(state) : null;
  }

  /** (weight, bias, training, dtype), as LinearPackedParams has it; older ones end earlier. */
  private static @Nullable PackedLayer linear(List<Pickled> state) {
    if (state.size() < 2 || !(state.get(0) instanceof View weight) || !isBias(state.get(1))) {
      return null;
    }
    return new PackedLayer(weight, bias(state.get(1)), null, null);
  }

  /**
   * (in, out, kernel, stride, padding, dilation, transposed, output padding, groups, padding mode,
   * weight, bias, scale, zero point, training), as torch.nn.quantized's convolutions have it.
   */
  private static @Nullable PackedLayer convolution(List<Pickled> state) {
    if (!(state.get(6) instanceof Bool transposed)
        || !(state.get(8) instanceof Int groups)
        || !(state.get(10) instanceof View weight)
        || !isBias(state.get(11))
        || !(state.get(12) instanceof Real scale)
        || !(state.get(13) instanceof Int zeroPoint)) {
      return null;
    }
    Geometry geometry =
        new Geometry(
            steps(state.get(3)),
            steps(state.get(4)),
            steps(state.get(5)),
            steps(state.get(7)),
            groups.value(),
            transposed.value());
    return new PackedLayer(
        weight, bias(state.get(11)), geometry, new Quantisation(scale.value(), zeroPoint.value()));
  }

  private static boolean isBias(Pickled value) {
    return value instanceof View || value == None.NONE;
  }

  private static @Nullable View bias(Pickled value) {
    return value instanceof View view ? view : null;
  }

  private static List<Long> steps(Pickled value) {
    if (value instanceof Tuple tuple && tuple.items().stream().allMatch(Int.class::isInstance)) {
      return tuple.items().stream().map(i -> ((Int) i).value()).toList();
    }
    throw new CheckpointException("a convolution whose geometry is no tuple of integers");
  }
}
