package dev.millrace.components.modeling.roi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.testing.TestBuild;
import dev.millrace.components.trace.VisionOps;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static final List<ShapeSpec> STRIDES_8_TO_32 =
      List.of(new ShapeSpec(1, 8), new ShapeSpec(1, 16), new ShapeSpec(1, 32));

  /** Indices of the maps of square boxes of these sides. */
  private static long[] levels(RoiPooler pooler, float... sides) {
    float[] boxes = new float[4 * sides.length];
    for (int i = 0; i < sides.length; i++) {
      boxes[4 * i] = 10;
      boxes[4 * i + 1] = 20;
      boxes[4 * i + 2] = 10 + sides[i];
      boxes[4 * i + 3] = 20 + sides[i];
    }
    return new TwoForms()
        .floats("boxes", new Shape(1, sides.length, 4), boxes)
        .agree(0, (f, v) -> v.put("levels", pooler.levels(v.get("boxes"))))
        .get("levels")
        .longs();
  }

  /** Twice the side is a level higher, wherever the canonical box and its level are. */
  @Test
  void theCanonicalBoxMayBeAnother() {
    float[] sides = {1, 31, 32, 63, 64, 65, 127, 128, 129, 255, 256, 1000};
    assertThat(levels(new RoiPooler(ONE, STRIDES_8_TO_32, 64, 4), sides))
        .containsExactly(0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2);
    assertThat(levels(new RoiPooler(ONE, STRIDES_8_TO_32, 64, 3), sides))
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2);
    assertThat(levels(new RoiPooler(ONE, STRIDES_8_TO_32, 128, 5), sides))
        .containsExactly(0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2);
  }

  @Test
  void theSideIsTheRootOfTheArea() {
    float[] boxes = {0, 0, 16, 256, 0, 0, 256, 16, 0, 0, 16, 255, 5, 5, 5, 90};
    long[] found =
        new TwoForms()
            .floats("boxes", new Shape(2, 2, 4), boxes)
            .agree(
                0,
                (f, v) ->
                    v.put(
                        "levels",
                        new RoiPooler(ONE, STRIDES_8_TO_32, 64, 4).levels(v.get("boxes"))))
            .get("levels")
            .longs();
    assertThat(found).containsExactly(1, 1, 0, 0);
  }

  private static RoiPooler configured(@Nullable Integer size, @Nullable Integer level) {
    return RoiPooler.fromConfig(
        new RoiPooler.Args(1, null, null, size, level),
        new TestBuild("model.roiHeads", Map.of(), List.of()),
        "boxPooler",
        STRIDES_8_TO_32);
  }

  @Test
  void aConfigurationMayLeaveThemOut() {
    float[] sides = {31, 32, 64, 111, 112, 223, 224, 448};
    assertThat(levels(configured(null, null), sides)).containsExactly(0, 0, 0, 0, 0, 0, 1, 2);
    assertThat(levels(configured(64, null), sides)).containsExactly(0, 0, 1, 1, 1, 2, 2, 2);
    assertThat(levels(configured(null, 5), sides)).containsExactly(0, 0, 0, 0, 1, 1, 2, 2);
    assertThat(levels(configured(64, 5), sides)).containsExactly(0, 1, 2, 2, 2, 2, 2, 2);
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "-224, 4", "224, -1", "224, 31"})
  void aCanonicalBoxThatCannotBe(int size, int level) {
    assertThatThrownBy(() -> configured(size, level))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "model.roiHeads.boxPooler: expected a canonicalBoxSize of 1 or more and a"
                + " canonicalLevel of 0 to 30, found %d and %d. Leave them out for 224 and 4.",
            size, level);
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
