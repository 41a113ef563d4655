package dev.millrace.components.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.trace.VisionOps;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BitmaskTest {

  private static final int HEIGHT = 30;
  private static final int WIDTH = 40;

  /** An ellipse with a ragged edge. */
  private static BitSet blob(SplittableRandom dice) {
    BitSet pixels = new BitSet();
    for (int x = 0; x < WIDTH; x++) {
      for (int y = 0; y < HEIGHT; y++) {
        double at = Math.hypot((x - 18) / 15.0, (y - 14) / 11.0);
        if (at < 0.8 + 0.4 * dice.nextDouble()) {
          pixels.set(x * HEIGHT + y);
        }
      }
    }
    return pixels;
  }

  @Test
  void isDetectron2sCropOfTheSamePixels() {
    SplittableRandom dice = new SplittableRandom(4);
    int agree = 0;
    int sure = 0;
    int inside = 0;
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      for (int round = 0; round < 30; round++) {
        BitSet pixels = blob(dice);
        float[] plane = new float[HEIGHT * WIDTH];
        pixels.stream().forEach(i -> plane[i % HEIGHT * WIDTH + i / HEIGHT] = 1);
        float x1 = (float) (-6 + 30 * dice.nextDouble());
        float y1 = (float) (-6 + 22 * dice.nextDouble());
        float[] box = {
          x1, y1, x1 + (float) (1 + 30 * dice.nextDouble()), y1 + (float) (40 * dice.nextDouble())
        };
        int side = 4 + dice.nextInt(11);
        NDArray cells =
            VisionOps.roiAlign(
                List.of(manager.create(plane, new Shape(1, 1, HEIGHT, WIDTH))),
                List.of(1f),
                manager.create(box, new Shape(1, 1, 4)),
                manager.zeros(new Shape(1, 1), DataType.INT64),
                new VisionOps.RoiAlign(side, side, 0, true));
        float[] expected = cells.toFloatArray();
        boolean[] found = new Bitmask(HEIGHT, WIDTH, pixels).within(box, side);
        for (int i = 0; i < found.length; i++) {
          if (Math.abs(expected[i] - 0.5f) > 1e-4) {
            sure++;
            agree += found[i] == expected[i] >= 0.5f ? 1 : 0;
            inside += found[i] ? 1 : 0;
          }
        }
      }
    }
    assertThat(agree).isEqualTo(sure).isGreaterThan(2000);
    assertThat(inside).isBetween(sure / 5, sure * 4 / 5);
  }

  @Test
  void ofItsOwnBoxItIsAllAndOfAnotherNothing() {
    BitSet square = new BitSet();
    for (int x = 10; x < 20; x++) {
      square.set(x * HEIGHT + 5, x * HEIGHT + 15);
    }
    Bitmask mask = new Bitmask(HEIGHT, WIDTH, square);
    assertThat(mask.isEmpty()).isFalse();
    assertThat(mask.within(new float[] {10, 5, 20, 15}, 7)).containsOnly(true);
    assertThat(mask.within(new float[] {21, 16, 30, 20}, 7)).containsOnly(false);
    assertThat(mask.within(new float[] {-20, -20, -10, -10}, 7)).containsOnly(false);
    assertThat(mask.within(new float[] {12, 7, 12, 7}, 7)).containsOnly(false);
    assertThat(new Bitmask(HEIGHT, WIDTH, new BitSet()).isEmpty()).isTrue();
  }
}
