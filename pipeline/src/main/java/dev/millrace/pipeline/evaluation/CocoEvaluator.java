package dev.millrace.pipeline.evaluation;

import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges detections by a dataset: IoU (or OKS) .50:.05:.95, 101 recalls, 100 detections for each
 * image and category, 20 where keypoints are measured, crowds ignored. Immutable; any thread.
 */
public final class CocoEvaluator {

  private record Key(long image, long category) {}

  private final CocoDataset dataset;
  private final Map<Key, List<TrueBox>> truth;

  public CocoEvaluator(CocoDataset dataset) {
    this.dataset = dataset;
    this.truth =
        dataset.boxes().stream()
            .collect(Collectors.groupingBy(box -> new Key(box.imageId(), box.categoryId())));
  }

  /** By boxes, for objects of every size. */
  public CocoAp evaluate(List<ScoredBox> detections) {
    return evaluate(Measure.BOXES, detections, AreaRange.ALL);
  }

  /**
   * Judges detections by the objects whose area is in a range. Those that lack what is measured are
   * left out.
   *
   * @param detections of all images, in any order; among equal scores the earlier one counts as the
   *     surer. Those of categories that the dataset lacks are left out.
   * @throws IllegalArgumentException if one is of an image that the dataset lacks, or has a mask of
   *     another size than the others of its image
   */
  public CocoAp evaluate(Measure measure, List<ScoredBox> detections, AreaRange range) {
    Map<Key, List<ScoredBox>> found =
        detections.stream()
            .filter(measure.overlap()::has)
            .collect(Collectors.groupingBy(box -> new Key(box.imageId(), box.categoryId())));
    List<Long> images = dataset.images().stream().map(Image::id).toList();
    Set<Long> known = new HashSet<>(images);
    found.keySet().stream()
        .filter(key -> !known.contains(key.image()))
        .findFirst()
        .ifPresent(
            key -> {
              throw new IllegalArgumentException(
                  "a detection in image " + key.image() + ", which the dataset lacks");
            });
    Map<Long, double[]> perCategory = new LinkedHashMap<>();
    for (Category category : dataset.categories()) {
      int positives = 0;
      List<Matches> matches = new ArrayList<>();
      for (long image : images) {
        Key key = new Key(image, category.id());
        List<TrueBox> boxes = truth.getOrDefault(key, List.of());
        positives += (int) boxes.stream().filter(box -> measure.counts(box, range)).count();
        List<ScoredBox> here = found.get(key);
        if (here != null) {
          matches.add(Matches.of(measure, here, boxes, range));
        }
      }
      if (positives > 0) {
        perCategory.put(category.id(), AveragePrecision.of(positives, matches));
      }
    }
    return summary(perCategory);
  }

  private static CocoAp summary(Map<Long, double[]> perCategory) {
    Map<Long, Double> means = new LinkedHashMap<>();
    perCategory.forEach((id, ap) -> means.put(id, Arrays.stream(ap).average().orElse(Double.NaN)));
    return new CocoAp(
        means.values().stream().mapToDouble(v -> v).average().orElse(Double.NaN),
        at(perCategory, 0),
        at(perCategory, 5),
        means);
  }

  private static double at(Map<Long, double[]> perCategory, int threshold) {
    return perCategory.values().stream()
        .mapToDouble(ap -> ap[threshold])
        .average()
        .orElse(Double.NaN);
  }
}
