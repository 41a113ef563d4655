package dev.millrace.components.modeling.roi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.trace.VisionOps;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoiPoolerTest {

  private static final VisionOps.RoiAlign ONE = new VisionOps.RoiAlign(1, 1, 1, true);

  /** FPN, equation 1: a box of 224 belongs to level 4, half of that to level 3. */
  @Test
  void aBoxGoesToTheLevelOfItsSize() {
    RoiPooler pooler =
        new RoiPooler(
            ONE,
            List.of(
                new ShapeSpec(1, 4),
                new ShapeSpec(1, 8),
                new ShapeSpec(1, 16),
                new ShapeSpec(1, 32)));
    float[] sides = {224, 223, 112, 111, 448, 447, 10, 2000, 0};
    float[] levels = {4, 3, 3, 2, 5, 4, 2, 5, 2};
    float[] boxes = new float[4 * sides.length];
    for (int i = 0; i < sides.length; i++) {
      boxes[4 * i + 2] = sides[i];
      boxes[4 * i + 3] = sides[i];
    }
    TwoForms forms = new TwoForms().floats("boxes", new Shape(1, sides.length, 4), boxes);
    for (int level = 2; level <= 5; level++) {
      // Every cell of a level holds the level's number.
      float[] map = new float[4096];
      java.util.Arrays.fill(map, level);
      forms.floats("p" + level, new Shape(1, 1, 64, 64), map);
    }
    float[] found =
        forms
            .agree(
                1e-6,
                (f, v) ->
                    v.put(
                        "pooled",
                        pooler.forward(
                            List.of(v.get("p2"), v.get("p3"), v.get("p4"), v.get("p5")),
                            v.get("boxes"))))
            .get("pooled")
            .floats();
    // 2000 pixels are beyond the map, but their middle is within it.
    assertThat(found).containsExactly(levels);
  }

  @Test
  void levelsMustBeNeighbours() {
    assertThatThrownBy(() -> new RoiPooler(ONE, List.of(new ShapeSpec(1, 4), new ShapeSpec(1, 16))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("double from one to the next");
  }

  @Test
  void levelsComeFinestFirst() {
    assertThatThrownBy(() -> new RoiPooler(ONE, List.of(new ShapeSpec(1, 8), new ShapeSpec(1, 4))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finest first");
  }

  @Test
  void severalStridesArePowersOfTwoAndOneMayBeAny() {
    assertThatThrownBy(() -> new RoiPooler(ONE, List.of(new ShapeSpec(1, 6), new ShapeSpec(1, 8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("powers of two");
    assertThat(new RoiPooler(ONE, List.of(new ShapeSpec(1, 6))).resolution()).isEqualTo(1);
  }
}
