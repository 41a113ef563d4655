package dev.millrace.components.modeling.dense;

import dev.millrace.components.modeling.proposal.AnchorPredictions;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Matcher;
import dev.millrace.components.supervision.Supervision;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * What the R anchors of N images are told. Rows are counted through the batch: image by image.
 *
 * @param labels N * R: a class; as many as there are classes: background; -1: nothing
 * @param positive rows with a class
 * @param starts their anchors, 4 numbers each
 * @param truth the boxes of the objects that they answer for
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one step
public record DenseTargets(int[] labels, int[] positive, float[] starts, float[] truth) {

  /**
   * @param all the anchors, with K scores each
   * @param matching of an image's objects and the anchors
   */
  static DenseTargets of(
      Supervision supervision,
      AnchorPredictions all,
      BiFunction<GroundTruth, float[], Matcher.Matches> matching) {
    float[] anchors = all.anchors();
    int each = anchors.length / 4;
    int classes = Math.toIntExact(all.scores().getShape().get(2));
    List<GroundTruth> images = supervision.images();
    int[] labels = new int[images.size() * each];
    float[] starts = new float[0];
    float[] truth = new float[0];
    for (int n = 0; n < images.size(); n++) {
      GroundTruth image = images.get(n);
      Matcher.Matches matches = matching.apply(image, anchors);
      int[] own = new int[each];
      for (int i = 0; i < each; i++) {
        own[i] =
            switch (matches.labels()[i]) {
              case 1 -> image.classes()[matches.objects()[i]];
              case 0 -> classes;
              default -> -1;
            };
      }
      own = image.withoutIgnored(own, anchors, classes);
      System.arraycopy(own, 0, labels, n * each, each);
      int[] found = positive(own, classes);
      int[] objects = IntStream.of(found).map(i -> matches.objects()[i]).toArray();
      starts = joined(starts, anchors, found);
      truth = joined(truth, image.boxes(), objects);
    }
    return new DenseTargets(labels, positive(labels, classes), starts, truth);
  }

  private static int[] positive(int[] labels, int classes) {
    return IntStream.range(0, labels.length)
        .filter(i -> labels[i] >= 0 && labels[i] < classes)
        .toArray();
  }

  private static float[] joined(float[] before, float[] boxes, int[] picked) {
    float[] all = Arrays.copyOf(before, before.length + 4 * picked.length);
    for (int i = 0; i < picked.length; i++) {
      System.arraycopy(boxes, 4 * picked[i], all, before.length + 4 * i, 4);
    }
    return all;
  }

  /** Rows that are told something. */
  int[] valid() {
    return IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
  }
}
