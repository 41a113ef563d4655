package dev.millrace.components.modeling.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Segment;
import dev.millrace.components.modeling.semantic.SemSegHead;
import dev.millrace.components.testing.TestBuild;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PanopticPostprocessorTest {

  private static final int SIDE = 10;

  /** Boxes with full masks over a frame whose left half is class 1 and whose right half class 2. */
  private static DenseInstances instances(float[] boxes, float... scores) {
    int rows = scores.length;
    float[] masks = new float[rows * 4];
    Arrays.fill(masks, 1);
    float[] logits = new float[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      logits[(i % SIDE < SIDE / 2 ? 1 : 2) * SIDE * SIDE + i] = 1;
    }
    return new DenseInstances(
        1,
        rows,
        boxes,
        scores,
        new long[rows],
        new int[] {rows},
        Map.of(Instances.PRED_MASKS, new DenseArray(new long[] {1, rows, 2, 2}, masks)),
        Map.of(SemSegHead.SEM_SEG, new DenseArray(new long[] {1, 3, SIDE, SIDE}, logits)));
  }

  private static List<Segment> segments(
      DenseInstances instances, double overlap, int stuffArea, double confidence) {
    int[] size = {SIDE, SIDE};
    return new PanopticPostprocessor(
            new DetectionPostprocessor(0, Integer.MAX_VALUE, Set.of()),
            List.of("things", "grass", "sky"),
            overlap,
            stuffArea,
            confidence)
        .postprocess(
            instances, new ImageBatch(1, SIDE, SIDE, ByteBuffer.allocate(0), size, size), List.of())
        .get(0)
        .segments();
  }

  @Test
  void whatAnEarlierObjectHasALaterOneLacks() {
    // 16 pixels; 16 of which 4 are taken; 16 of which 12 are taken; too unsure
    float[] boxes = {0, 0, 4, 4, 2, 2, 6, 6, 0, 1, 4, 5, 6, 6, 10, 10};
    List<Segment> found = segments(instances(boxes, 0.9f, 0.8f, 0.7f, 0.4f), 0.5, 1, 0.5);
    assertThat(found).extracting(Segment::area).containsExactly(16, 12, 50 - 16 - 8, 50 - 4);
    assertThat(found).extracting(Segment::id).containsExactly(1, 2, 3, 4);
    assertThat(found).extracting(Segment::thing).containsExactly(true, true, false, false);
    assertThat(found)
        .extracting(Segment::label)
        .containsExactly("class 0", "class 0", "grass", "sky");
    assertThat(found).extracting(Segment::score).containsExactly(0.9f, 0.8f, 1f, 1f);
    int[] times = new int[SIDE * SIDE];
    for (Segment segment : found) {
      boolean[] inside = Rle.of(segment.mask()).pixels();
      for (int i = 0; i < inside.length; i++) {
        times[i] += inside[i] ? 1 : 0;
      }
    }
    assertThat(times).containsOnly(1);
  }

  @Test
  void thresholdsDecideWhatIsASegment() {
    float[] boxes = {0, 0, 4, 4, 0, 1, 4, 5};
    DenseInstances both = instances(boxes, 0.9f, 0.6f);
    assertThat(segments(both, 0.8, 1, 0.5)).extracting(Segment::area).startsWith(16, 4);
    assertThat(segments(both, 0.5, 1, 0.5)).hasSize(3);
    assertThat(segments(both, 0.5, 35, 0.5)).extracting(Segment::label).contains("sky").hasSize(2);
    assertThat(segments(both, 0.5, 1, 0.95))
        .extracting(Segment::label)
        .containsExactly("grass", "sky");
  }

  @Test
  void numbersOutOfTheirRangeAreRefusedAtTheirKey() {
    TestBuild build = new TestBuild("model.postprocessor", Map.of(), List.of());
    assertThatThrownBy(
            () ->
                PanopticPostprocessor.fromConfig(
                    new PanopticPostprocessor.Args(null, null, 1.5, null, null, null), build))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.postprocessor.overlapThresh: expected 0 to 1, found 1.5");
    assertThatThrownBy(
            () ->
                PanopticPostprocessor.fromConfig(
                    new PanopticPostprocessor.Args(null, null, null, 0, null, null), build))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.postprocessor.stuffAreaThresh: expected 1 or more");
  }
}
