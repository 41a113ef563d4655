package dev.millrace.pipeline.evaluation;

import dev.millrace.connectors.format.RunLengths;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Intersection over union of pixels; with a crowd, over the detection's own. An object that nobody
 * outlined overlaps with nothing and need not be found.
 */
final class MaskOverlap implements Measure.Overlap {

  @Override
  public double[][] of(List<ScoredBox> found, List<TrueBox> there) {
    double[][] overlap = new double[found.size()][there.size()];
    if (found.isEmpty()) {
      return overlap;
    }
    RunLengths first = mask(found.get(0));
    for (int t = 0; t < there.size(); t++) {
      Outline outline = there.get(t).outline();
      if (outline != null) {
        RunLengths pixels = outline.pixels(first.height(), first.width());
        for (int d = 0; d < found.size(); d++) {
          overlap[d][t] = overlap(mask(found.get(d)), pixels, there.get(t).crowd());
        }
      }
    }
    return overlap;
  }

  private static double overlap(RunLengths found, RunLengths there, boolean crowd) {
    double both = found.common(there);
    double own = found.area();
    double union = crowd ? own : own + there.area() - both;
    return both == 0 ? 0 : both / union;
  }

  private static RunLengths mask(ScoredBox found) {
    return Objects.requireNonNull(found.mask());
  }

  @Override
  public boolean has(ScoredBox found) {
    return found.mask() != null;
  }

  @Override
  public boolean has(TrueBox there) {
    return there.outline() != null;
  }

  @Override
  public double area(ScoredBox found) {
    @Nullable RunLengths mask = found.mask();
    return mask == null ? 0 : mask.area();
  }
}
