package dev.millrace.components.modeling;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import org.junit.jupiter.api.Test;

/** Boxes worked out by hand, in both forms. */
class BoxTransformTest {

  private static final float LOG2 = (float) Math.log(2);

  private static void check(BoxTransform transform, float[] deltas, double... expected) {
    TwoForms.Result moved =
        new TwoForms()
            .floats("deltas", new Shape(1, deltas.length / 4, 4), deltas)
            // 20 wide, 40 high, around (20, 40)
            .floats("boxes", new Shape(1, 1, 4), 10, 20, 30, 60)
            .agree(
                1e-5,
                (f, v) -> v.put("moved", transform.applyDeltas(v.get("deltas"), v.get("boxes"))))
            .get("moved");
    TwoForms.close("moved", moved.numbers(), expected, 1e-5);
  }

  @Test
  void deltasMoveTheCentreAndScaleTheSides() {
    check(
        new BoxTransform(1, 1, 1, 1),
        new float[] {0, 0, 0, 0, 0.1f, -0.2f, LOG2, 0, 0, 0, 0, -LOG2},
        10,
        20,
        30,
        60,
        2,
        12,
        42,
        52,
        10,
        30,
        30,
        50);
  }

  @Test
  void weightsDivideDeltas() {
    check(
        new BoxTransform(10, 20, 5, 4),
        new float[] {1, -4, 5 * LOG2, 0, 0, 0, 0, -4 * LOG2},
        2,
        12,
        42,
        52,
        10,
        30,
        30,
        50);
  }

  @Test
  void growthIsLimitedTo1000Over16() {
    check(new BoxTransform(1, 1, 1, 1), new float[] {0, 0, 100, 0}, 20 - 625, 20, 20 + 625, 60);
  }

  @Test
  void everyClassOfARowHasItsOwnDeltas() {
    TwoForms.Result moved =
        new TwoForms()
            .floats("deltas", new Shape(1, 2, 2, 4), 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0)
            .floats("boxes", new Shape(1, 2, 1, 4), 0, 0, 2, 4, 10, 10, 12, 14)
            .agree(
                1e-6,
                (f, v) ->
                    v.put(
                        "moved",
                        new BoxTransform(1, 1, 1, 1).applyDeltas(v.get("deltas"), v.get("boxes"))))
            .get("moved");
    TwoForms.close(
        "moved",
        moved.numbers(),
        new double[] {0, 0, 2, 4, 2, 0, 4, 4, 10, 10, 12, 14, 10, 14, 12, 18},
        1e-6);
  }

  @Test
  void clippingKnowsEachImagesHeightAndWidth() {
    TwoForms.Result clipped =
        new TwoForms()
            .floats(
                "boxes",
                new Shape(2, 2, 4),
                -5,
                -6,
                45,
                55,
                1,
                2,
                3,
                4,
                -5,
                -6,
                45,
                55,
                90,
                90,
                99,
                99)
            .floats("sizes", new Shape(2, 2), 50, 40, 30, 60)
            .agree(
                0,
                (f, v) -> {
                  v.put("clipped", BoxTransform.clip(v.get("boxes"), v.get("sizes")));
                  v.put(
                      "classes",
                      BoxTransform.clip(v.get("boxes").expandDims(2), v.get("sizes")).squeeze(2));
                })
            .get("clipped");
    TwoForms.close(
        "clipped",
        clipped.numbers(),
        new double[] {0, 0, 40, 50, 1, 2, 3, 4, 0, 0, 45, 30, 60, 30, 60, 30},
        0);
  }
}
