package dev.millrace.pipeline.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * COCO's AP by one measure, 0 to 1; NaN where the dataset has no object that counts.
 *
 * @param ap mean over IoU .50:.05:.95 and the categories that have objects
 * @param ap50 at IoU .50
 * @param ap75 at IoU .75
 * @param perCategory AP by category id, in the dataset's order, without those that have no object
 */
public record CocoAp(double ap, double ap50, double ap75, Map<Long, Double> perCategory) {
  public CocoAp {
    perCategory = Collections.unmodifiableMap(new LinkedHashMap<>(perCategory));
  }
}
