package dev.millrace.pipeline.revision;

/** A model that is asked for and not yet built. */
public interface Candidate {

  /** Who asks, for people: {@code configs/demo.yaml changed}. */
  String origin();

  /** {@code sha256:...} of its configuration. */
  String configHash();

  /**
   * Builds and warms one detector for each lane. Runs on the builder's thread, never at the same
   * time as another build or a switch; what it shares with the live revision stays valid until the
   * switch.
   *
   * @throws dev.millrace.components.ConfigException if what is asked for has a mistake: it is
   *     refused
   * @throws Exception if it cannot be built: it has failed
   */
  BuiltRevision build(int lanes) throws Exception;
}
