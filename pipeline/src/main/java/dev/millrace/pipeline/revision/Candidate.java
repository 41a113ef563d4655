package dev.millrace.pipeline.revision;

import dev.millrace.components.modeling.Detector;
import java.util.List;

/** A model that is asked for and not yet built. */
public interface Candidate {

  /** Who asks, for people: {@code configs/demo.yaml changed}. */
  String origin();

  /** {@code sha256:...} of its configuration. */
  String configHash();

  /**
   * Builds and warms one detector for each lane. Runs on the builder's thread, never at the same
   * time as another build or a switch.
   *
   * @param live the detectors that run now, to share with what did not change; one for each lane,
   *     or none before the first. They belong to their lanes: not to be run or closed
   * @throws dev.millrace.components.ConfigException if what is asked for has a mistake: it is
   *     refused
   * @throws Exception if it cannot be built: it has failed
   */
  BuiltRevision build(int lanes, List<Detector> live) throws Exception;
}
