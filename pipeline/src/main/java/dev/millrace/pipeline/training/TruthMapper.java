package dev.millrace.pipeline.training;

import dev.millrace.components.supervision.Bitmask;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.ObjectMask;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From what is in a picture to what a step learns of it: Detectron2's {@code
 * annotations_to_instances} and {@code filter_empty_instances}. Thread-safe.
 */
final class TruthMapper {

  private final Lessons lessons;
  private final boolean ignoreCrowds;

  /**
   * @param ignoreCrowds whether crowds, and what has no outline to learn, are no background either
   */
  TruthMapper(Lessons lessons, boolean ignoreCrowds) {
    this.lessons = lessons;
    this.ignoreCrowds = ignoreCrowds;
  }

  @SuppressWarnings("ArrayRecordComponent") // lives for one picture
  private record Learnt(float[] box, int label, @Nullable ObjectMask mask, float[] keypoints) {}

  /**
   * Boxes without an inside teach nothing; nor, where masks are learnt, does an object without
   * pixels. One without keypoints teaches its box.
   */
  GroundTruth map(List<TrueBox> there, Placement placement) {
    List<Learnt> objects = new ArrayList<>();
    List<float[]> ignored = new ArrayList<>();
    for (TrueBox each : there) {
      float[] box = placement.box(each);
      Integer label = lessons.classes().get(each.categoryId());
      if (label == null || !(box[2] > box[0] && box[3] > box[1])) {
        continue;
      }
      ObjectMask mask = lessons.masks() && !each.crowd() ? mask(each, placement) : null;
      if (each.crowd() || (lessons.masks() && mask == null)) {
        ignored.add(box);
      } else {
        objects.add(
            new Learnt(
                box, label, mask, placement.keypoints(each.keypoints(), lessons.keypoints())));
      }
    }
    return new GroundTruth(
        joined(objects.stream().map(Learnt::box).toList()),
        objects.stream().mapToInt(Learnt::label).toArray(),
        joined(ignoreCrowds ? ignored : List.of()),
        objects.stream().map(Learnt::mask).flatMap(Stream::ofNullable).toList(),
        joined(objects.stream().map(Learnt::keypoints).toList()));
  }

  private static @Nullable ObjectMask mask(TrueBox box, Placement placement) {
    Outline outline = box.outline();
    if (outline instanceof Outline.Polygons polygons) {
      return placement.polygons(polygons);
    }
    if (outline instanceof Outline.Runs runs) {
      Bitmask mask = placement.pixels(runs.runs());
      return mask.isEmpty() ? null : mask;
    }
    return null;
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
