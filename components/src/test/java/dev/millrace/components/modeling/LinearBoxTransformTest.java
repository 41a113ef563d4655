package dev.millrace.components.modeling;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import org.junit.jupiter.api.Test;

class LinearBoxTransformTest {

  private static final float[] CELLS = {12, 20, 20, 28, 0, 0, 16, 16};

  @Test
  void distancesAreInSidesFromTheMiddle() {
    float[] deltas = {1, 0.5f, 2, 0.25f, 0, 1, -3, 1};
    assertThat(
            new TwoForms()
                .floats("deltas", new Shape(1, 2, 4), deltas)
                .floats("boxes", new Shape(1, 2, 4), CELLS)
                .agree(
                    0,
                    (f, v) ->
                        v.put(
                            "moved",
                            new LinearBoxTransform().applyDeltas(v.get("deltas"), v.get("boxes"))))
                .get("moved")
                .floats())
        // the second box's right edge would lie left of its middle
        .containsExactly(8, 20, 32, 26, 8, -8, 8, 24);
  }

  @Test
  void deltasAreTheInverse() {
    float[] targets = {8, 20, 32, 26, 1, -8, 9, 24};
    float[] deltas = new LinearBoxTransform().deltas(CELLS, targets);
    assertThat(deltas).containsExactly(1, 0.5f, 2, 0.25f, 7 / 16f, 1, 1 / 16f, 1);
    assertThat(
            new TwoForms()
                .floats("deltas", new Shape(1, 2, 4), deltas)
                .floats("boxes", new Shape(1, 2, 4), CELLS)
                .agree(
                    0,
                    (f, v) ->
                        v.put(
                            "moved",
                            new LinearBoxTransform().applyDeltas(v.get("deltas"), v.get("boxes"))))
                .get("moved")
                .floats())
        .containsExactly(targets);
  }
}
