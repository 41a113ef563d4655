package dev.millrace.components.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Cell by cell equal to COCO's own is what Detectron2's training fixture needs. */
class PolygonsTest {

  private static Polygons of(double... corners) {
    return new Polygons(List.of(corners));
  }

  private static String drawn(boolean[] cells, int side) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      text.append(cells[i] ? '#' : '.').append(i % side == side - 1 ? "\n" : "");
    }
    return text.toString();
  }

  @Test
  void aRectangleIsItsCells() {
    Polygons rectangle = of(12, 21, 12, 24, 16, 24, 16, 21);
    assertThat(drawn(rectangle.within(new float[] {10, 20, 18, 28}, 8), 8))
        .isEqualTo("........\n..####..\n..####..\n..####..\n" + "........\n".repeat(4));
    // the same the other way round, of a box half as wide: every cell is one pixel high, half wide
    Polygons back = of(12, 21, 16, 21, 16, 24, 12, 24);
    assertThat(drawn(back.within(new float[] {12, 20, 16, 28}, 8), 8))
        .isEqualTo("........\n########\n########\n########\n" + "........\n".repeat(4));
  }

  @Test
  void partsAreJoinedAndWhatLiesOutsideIsNot() {
    Polygons two = new Polygons(List.of(square(0, 0, 2), square(6, 6, 2)));
    assertThat(drawn(two.within(new float[] {0, 0, 8, 8}, 4), 4))
        .isEqualTo("#...\n....\n....\n...#\n");
    assertThat(two.within(new float[] {2, 2, 6, 6}, 4)).containsOnly(false);
    assertThat(two.within(new float[] {0, 0, 2, 2}, 4)).containsOnly(true);
    assertThat(two.within(new float[] {-8, -8, -4, -4}, 4)).containsOnly(false);
  }

  private static double[] square(double x, double y, double side) {
    return new double[] {x, y, x + side, y, x + side, y + side, x, y + side};
  }

  @Test
  void aTriangleIsHalfOfItsBox() {
    boolean[] cells = of(0, 0, 64, 0, 0, 64).within(new float[] {0, 0, 64, 64}, 64);
    int inside = 0;
    for (int i = 0; i < cells.length; i++) {
      inside += cells[i] ? 1 : 0;
      if (Math.abs(i / 64 + i % 64 - 63) > 1) {
        assertThat(cells[i]).isEqualTo(i / 64 + i % 64 < 63);
      }
    }
    assertThat(inside).isBetween(64 * 64 / 2 - 64, 64 * 64 / 2 + 64);
  }

  @Test
  void whatIsNoOutlineIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(1, 2, 3, 4))
        .withMessageContaining("expected three corners or more");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new GroundTruth(
                    new float[8],
                    new int[2],
                    new float[0],
                    List.of(of(0, 0, 1, 0, 1, 1)),
                    new float[0]))
        .withMessageContaining("expected a mask for each of 2 objects or none, found 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new GroundTruth(new float[8], new int[2], new float[0], List.of(), new float[9]))
        .withMessageContaining("expected three numbers for each keypoint of 2 objects");
  }
}
