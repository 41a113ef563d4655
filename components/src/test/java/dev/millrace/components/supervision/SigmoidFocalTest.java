package dev.millrace.components.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigmoidFocalTest {

  @ParameterizedTest
  @CsvSource({"0.25, 2", "-1, 2", "0.4, 0", "0.25, 1.5"})
  void isTheSumOverAllElements(double alpha, double gamma) {
    Random random = new Random(5);
    float[] logits = new float[60];
    float[] targets = new float[60];
    double expected = 0;
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (3 * random.nextGaussian());
      targets[i] = random.nextInt(4) == 0 ? 1 : 0;
      double right = 1 / (1 + Math.exp(targets[i] == 1 ? -logits[i] : (double) logits[i]));
      double weight = alpha < 0 ? 1 : targets[i] == 1 ? alpha : 1 - alpha;
      expected -= weight * Math.pow(1 - right, gamma) * Math.log(right);
    }
    double found =
        new TwoForms()
            .floats("logits", new Shape(20, 3), logits)
            .floats("targets", new Shape(20, 3), targets)
            .eager(
                (f, v) ->
                    v.put(
                        "loss",
                        Losses.sigmoidFocal(v.get("logits"), v.get("targets"), alpha, gamma)))
            .get("loss")
            .numbers()[0];
    assertThat(found).isCloseTo(expected, within(1e-5 * expected));
  }
}
