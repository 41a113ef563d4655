package dev.millrace.components.modeling;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.millrace.components.engine.TwoForms;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** In both forms, and against sums in float64. */
class GroupNormTest {

  private static final class Normalised extends Component {
    private final Block norm = add("norm", Objects.requireNonNull(Norm.GN.layer()));
  }

  @Test
  void eachGroupHasMeanZeroAndVarianceOne() {
    int channels = 64;
    int cells = 35;
    Random random = new Random(5);
    float[] values = new float[2 * channels * cells];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (3 + i % 7 + 2 * random.nextGaussian());
    }
    Normalised one = new Normalised();
    TwoForms.Result out =
        new TwoForms()
            .floats("x", new Shape(2, channels, 5, 7), values)
            .parameters(one, 1)
            .agree(1e-5, (f, v) -> v.put("y", f.apply(one.norm, v.get("x"))))
            .get("y");
    assertThat(one.parameters().keySet()).containsExactly("norm.weight", "norm.bias");
    double[] expected = new double[values.length];
    int each = channels / 32 * cells;
    for (int g = 0; g < values.length; g += each) {
      double sum = 0;
      double squares = 0;
      for (int i = g; i < g + each; i++) {
        sum += values[i];
        squares += (double) values[i] * values[i];
      }
      double mean = sum / each;
      double deviation = Math.sqrt(squares / each - mean * mean + 1e-5);
      for (int i = g; i < g + each; i++) {
        expected[i] = (values[i] - mean) / deviation;
      }
    }
    TwoForms.close("y", out.numbers(), expected, 1e-5);
  }

  @Test
  void scaleAndShiftAreOfEachChannel() {
    Random random = new Random(6);
    float[] values = new float[32 * 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    NormConv conv = NormConv.of(64, 1, Norm.GN, Initial.MSRA);
    TwoForms.Result out =
        new TwoForms()
            .floats("x", new Shape(1, 32, 2, 2), values)
            .parameters(conv, 2)
            .agree(1e-5, (f, v) -> v.put("y", squares(conv.forward(f, v.get("x")))))
            .get("y");
    assertThat(out.shape()).isEqualTo(new Shape(64));
    assertThat(conv.parameters().keySet())
        .containsExactly("weight", "norm.weight", "norm.bias"); // no bias of its own
  }

  private static NDArray squares(NDArray x) {
    return x.mul(x).sum(new int[] {0, 2, 3});
  }
}
