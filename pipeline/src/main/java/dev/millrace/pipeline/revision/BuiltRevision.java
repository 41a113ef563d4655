package dev.millrace.pipeline.revision;

import dev.millrace.components.modeling.Detector;
import java.util.List;

/**
 * A model ready to go live.
 *
 * @param weights {@code sha256:...}
 * @param detectors one for each lane; whoever has this closes them, each on its lane
 */
public record BuiltRevision(String weights, List<Detector> detectors) {
  public BuiltRevision {
    detectors = List.copyOf(detectors);
  }
}
