package dev.millrace.components.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientClippingTest {

  private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
  private final Map<String, NDArray> gradients = new LinkedHashMap<>();

  /** Norms 5, 12 and 0; of all 13. */
  @BeforeEach
  void create() {
    gradients.put("a", manager.create(new float[] {3, -4}));
    gradients.put("b", manager.create(new float[] {0, 12, 0, 0}, new Shape(2, 2)));
    gradients.put("c", manager.create(new float[1]));
  }

  @AfterEach
  void nothingIsLeftUnclosed() {
    assertThat(manager.getManagedArrays()).containsExactlyInAnyOrderElementsOf(gradients.values());
    manager.close();
  }

  private void holds(String name, double... expected) {
    float[] found = gradients.get(name).toFloatArray();
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(1e-5));
    }
  }

  private void clip(GradientClipping.Type type, double bound) {
    assertThat(new GradientClipping(type, bound).clip(gradients)).isCloseTo(13, within(1e-5));
  }

  @Test
  void eachNumber() {
    clip(GradientClipping.Type.VALUE, 3.5);
    holds("a", 3, -3.5);
    holds("b", 0, 3.5, 0, 0);
    holds("c", 0);
  }

  @Test
  void theNormOfEachParameter() {
    clip(GradientClipping.Type.NORM, 6);
    holds("a", 3, -4);
    holds("b", 0, 6, 0, 0);
    holds("c", 0);
  }

  @Test
  void theNormOfAllTogether() {
    clip(GradientClipping.Type.FULL_MODEL, 6.5);
    holds("a", 1.5, -2);
    holds("b", 0, 6, 0, 0);
    holds("c", 0);
    assertThat(GradientClipping.norm(gradients)).isCloseTo(6.5, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWithinTheBoundStaysBitForBit(GradientClipping.Type type) {
    clip(type, 13.1);
    assertThat(gradients.get("a").toFloatArray()).containsExactly(3, -4);
    assertThat(gradients.get("b").toFloatArray()).containsExactly(0, 12, 0, 0);
  }

  @Test
  void noGradientsHaveNoNorm() {
    assertThat(new GradientClipping(GradientClipping.Type.NORM, 1).clip(Map.of())).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void theBoundIsAboveZero(double bound) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GradientClipping(GradientClipping.Type.NORM, bound))
        .withMessage("expected a bound above 0, found " + bound);
  }
}
