package dev.millrace.pipeline.revision;

import dev.millrace.components.modeling.Detector;
import java.util.List;

/**
 * A model ready to go live.
 *
 * @param detectors one for each lane; whoever has this closes them, each on its lane
 */
public record BuiltRevision(List<Detector> detectors) {

  /** SHA-256 of no bytes: of the weights of a model whose every parameter was initialised. */
  private static final String OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  public BuiltRevision {
    detectors = List.copyOf(detectors);
  }

  /** {@code sha256:...} of the weights. */
  String weights() {
    String hash = detectors.get(0).weightsHash();
    return "sha256:" + (hash.equals("none") ? OF_NOTHING : hash);
  }
}
