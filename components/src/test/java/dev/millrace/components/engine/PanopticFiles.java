package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Segment;
import dev.millrace.components.modeling.postprocess.DetectionPostprocessor;
import dev.millrace.components.modeling.postprocess.PanopticPostprocessor;
import dev.millrace.components.modeling.postprocess.Rle;
import dev.millrace.components.modeling.postprocess.SemanticPostprocessor;
import dev.millrace.components.testing.Npy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** What Detectron2 wrote of the pixels of one image: their classes and their segments. */
final class PanopticFiles {

  /** Pixels that float32 may put on the other side of an edge between two classes. */
  private static final int OTHERS = 15;

  private PanopticFiles() {}

  /** Compares with what there is: nothing where no pixels were classified. */
  static void compare(
      Detectron2Run run,
      int image,
      Map<String, HostArray> out,
      ImageBatch batch,
      Set<String> left) {
    if (!out.containsKey(Detectron2Stages.ours("sem_seg_logits_lowres"))) {
      return;
    }
    DenseInstances found = LoadedModel.dense(batch.images(), out);
    String name = "final_sem_seg_argmax" + run.suffix(image);
    left.remove(name);
    List<Segment> classes =
        new SemanticPostprocessor(List.of())
            .postprocess(found, batch, List.of())
            .get(image)
            .segments();
    Npy labels = run.files().get(name);
    int off = 0;
    int[] ours = pixels(classes, labels, true);
    for (int i = 0; i < ours.length; i++) {
      off += ours[i] == (labels.data().get(i) & 0xff) ? 0 : 1;
    }
    few(run, name, off, ours.length);
    if (out.containsKey(Instances.COUNTS)) {
      panoptic(run, image, found, batch, left);
    }
  }

  private static void panoptic(
      Detectron2Run run, int image, DenseInstances found, ImageBatch batch, Set<String> left) {
    String name = "final_panoptic_seg" + run.suffix(image);
    left.remove(name);
    Detections detections =
        new PanopticPostprocessor(
                new DetectionPostprocessor(0, Integer.MAX_VALUE, Set.of()),
                List.of(),
                0.5,
                4096,
                0.5)
            .postprocess(found, batch, List.of())
            .get(image);
    List<Segment> segments = detections.segments();
    JsonNode expected = run.segmentsInfo(image);
    assertThat(segments).hasSize(expected.size()).isNotEmpty();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      JsonNode theirs = expected.get(i);
      assertThat(segment.id()).isEqualTo(theirs.get("id").asInt());
      assertThat(segment.thing()).isEqualTo(theirs.get("isthing").asBoolean());
      assertThat(segment.classId()).isEqualTo(theirs.get("category_id").asInt());
      assertThat((long) segment.area()).isEqualTo(Rle.of(segment.mask()).area());
      if (segment.thing()) {
        assertThat(segment.score())
            .isCloseTo((float) theirs.get("score").asDouble(), within(1e-3f));
      } else {
        assertThat(segment.area()).isCloseTo(theirs.get("area").asInt(), within(OTHERS));
      }
    }
    Npy ids = run.files().get(name);
    int off = 0;
    int[] ours = pixels(segments, ids, false);
    for (int i = 0; i < ours.length; i++) {
      off += ours[i] == ids.data().getInt(4 * i) ? 0 : 1;
    }
    few(run, name, off, ours.length);
  }

  private static void few(Detectron2Run run, String name, int off, int pixels) {
    System.out.printf(
        "%s %s %s: %d of %d pixels differ%n", run.fixture(), run.tag(), name, off, pixels);
    assertThat(off).as(name).isLessThanOrEqualTo(OTHERS);
  }

  /**
   * Detectron2's own logits, boxes and masks through our postprocessors.
   *
   * @return the names of the files that were compared; none where no pixels were classified
   */
  static Set<String> ofTheirOwn(
      Detectron2Run run, Map<String, HostArray> theirs, ImageBatch batch) {
    Set<String> left = new TreeSet<>(run.names());
    Map<String, HostArray> out = new LinkedHashMap<>(theirs);
    float count = theirs.get(Instances.SCORES).shape().get(1);
    out.put(Instances.COUNTS, HostArray.floats(new float[] {count}, new Shape(1)));
    out.computeIfPresent(
        Instances.FIELDS + Instances.PRED_MASKS,
        (field, masks) ->
            HostArray.floats(
                masks.floats(), masks.shape().slice(0, 2).addAll(masks.shape().slice(3))));
    compare(run, 0, out, batch, left);
    Set<String> compared = new TreeSet<>(run.names());
    compared.removeAll(left);
    return compared;
  }

  /** Row by row, the class or the id of the segment that each pixel is in; 0 where in none. */
  private static int[] pixels(List<Segment> segments, Npy as, boolean classes) {
    int[] all = new int[(int) (as.shape()[0] * as.shape()[1])];
    for (Segment segment : segments) {
      boolean[] inside = Rle.of(segment.mask()).pixels();
      assertThat(inside).hasSameSizeAs(all);
      for (int i = 0; i < all.length; i++) {
        if (inside[i]) {
          assertThat(all[i]).isZero();
          all[i] = classes ? segment.classId() : segment.id();
        }
      }
    }
    return all;
  }
}
