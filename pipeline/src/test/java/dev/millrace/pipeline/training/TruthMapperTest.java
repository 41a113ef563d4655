package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.connectors.format.RunLengths;
import dev.millrace.pipeline.config.InputConfig.Flip;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A picture of 40 x 20, shown at twice its size. */
class TruthMapperTest {

  private static final Frame FRAME = new Frame(40, 20, new byte[3 * 40 * 20]);
  private static final InputImage SHOWN = new InputImage(40, 80, new byte[3 * 40 * 80], 20, 40);
  private static final Outline TRIANGLE =
      new Outline.Polygons(List.of(new double[] {4, 6, 12, 6, 4, 16}));
  private static final Map<Long, Integer> CLASSES = Map.of(7L, 0, 9L, 1);

  private static TrueBox object(double x2, Outline outline, List<TrueKeypoint> keypoints) {
    return new TrueBox(1, 9, 4, 6, x2, 16, 40, false, outline, keypoints);
  }

  private static GroundTruth map(Lessons lessons, boolean ignore, Flip flip, TrueBox... there) {
    return new TruthMapper(lessons, ignore).map(List.of(there), new Placement(FRAME, SHOWN, flip));
  }

  private static Lessons masks() {
    return new Lessons(CLASSES, true, KeypointOrder.NONE);
  }

  /** The part of the box that the triangle's corner with the right angle lies in. */
  private static List<Integer> quarters(boolean[] cells, int side) {
    List<Integer> most = new ArrayList<>(Collections.nCopies(4, 0));
    for (int i = 0; i < cells.length; i++) {
      int quarter = (i / side < side / 2 ? 0 : 2) + (i % side < side / 2 ? 0 : 1);
      most.set(quarter, most.get(quarter) + (cells[i] ? 1 : 0));
    }
    return most;
  }

  /** Drawn as a polygon or pixel by pixel, it is the same however the picture is turned. */
  @ParameterizedTest
  @EnumSource(Flip.class)
  void masksStayOnTheirObjects(Flip flip) {
    RunLengths pixels = TRIANGLE.pixels(20, 40);
    GroundTruth truth =
        map(
            masks(),
            false,
            flip,
            object(12, TRIANGLE, List.of()),
            object(12, new Outline.Runs(pixels), List.of()));
    float[] box = java.util.Arrays.copyOf(truth.boxes(), 4);
    assertThat(box)
        .containsExactly(
            switch (flip) {
              case NONE -> new float[] {8, 12, 24, 32};
              case HORIZONTAL -> new float[] {56, 12, 72, 32};
              case VERTICAL -> new float[] {8, 8, 24, 28};
            });
    int corner =
        switch (flip) {
          case NONE -> 0;
          case HORIZONTAL -> 1;
          case VERTICAL -> 2;
        };
    for (int i = 0; i < 2; i++) {
      List<Integer> parts = quarters(truth.masks().get(i).within(box, 8), 8);
      assertThat(parts.get(corner)).as("%d: %s", i, parts).isGreaterThan(13);
      assertThat(parts.get(3 - corner)).as("%d: %s", i, parts).isLessThan(3);
    }
  }

  @Test
  void withoutPixelsThereIsNoMaskToLearn() {
    TrueBox bare = object(14, null, List.of());
    TrueBox blank = object(16, new Outline.Runs(RunLengths.of(20, 40, 800)), List.of());
    TrueBox crowd = new TrueBox(1, 9, 4, 6, 18, 16, 40, true, TRIANGLE, List.of());
    TrueBox good = object(12, TRIANGLE, List.of());
    GroundTruth truth = map(masks(), false, Flip.NONE, bare, blank, crowd, good);
    assertThat(truth.boxes()).containsExactly(8, 12, 24, 32);
    assertThat(truth.masks()).hasSize(1);
    assertThat(truth.ignored()).isEmpty();
    assertThat(map(masks(), true, Flip.NONE, bare, blank, crowd, good).ignored())
        .containsExactly(8, 12, 28, 32, 8, 12, 32, 32, 8, 12, 36, 32);
    assertThat(map(Lessons.boxes(CLASSES), false, Flip.NONE, bare, blank, good).classes())
        .containsExactly(1, 1, 1);
  }

  /** The third is beyond the picture, the fourth not labelled; the first two are a pair. */
  @Test
  void keypointsChangePlacesInAMirror() {
    List<TrueKeypoint> points =
        List.of(
            new TrueKeypoint(5, 7, true),
            new TrueKeypoint(9.5, 8, true),
            new TrueKeypoint(40, 8, true),
            new TrueKeypoint(0, 0, false));
    Lessons lessons =
        new Lessons(CLASSES, false, KeypointOrder.of(4, List.of(List.of(0, 1)), true));
    TrueBox person = object(12, null, points);
    assertThat(map(lessons, false, Flip.NONE, person, object(12, null, List.of())).keypoints())
        .startsWith(11, 15, 2, 20, 17, 2, 0, 0, 0, 0, 0, 0)
        .endsWith(new float[12])
        .hasSize(24);
    assertThat(map(lessons, false, Flip.HORIZONTAL, person).keypoints())
        .containsExactly(60, 17, 2, 69, 15, 2, 0, 0, 0, 0, 0, 0);
    assertThat(map(lessons, false, Flip.VERTICAL, person).keypoints())
        .containsExactly(11, 25, 2, 20, 23, 2, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void whatLiesOutsideOfThePictureIsCutOff() {
    TrueBox across = new TrueBox(1, 7, -5, 10, 3, 30, 1, false);
    TrueBox beyond = new TrueBox(1, 7, 41, 3, 50, 9, 1, false);
    assertThat(map(Lessons.boxes(CLASSES), false, Flip.NONE, across, beyond).boxes())
        .containsExactly(0, 20, 6, 40);
  }
}
