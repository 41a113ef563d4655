package dev.millrace.components.checkpoint;

import java.util.List;

/** What a pickle may name, and what those names stand for. Whatever else it names is refused. */
interface PickleVocabulary {

  /**
   * The label for a name.
   *
   * @throws CheckpointException naming it, unless it is on the list
   */
  Pickled.Global global(String module, String name);

  /** The value that calling {@code function} stands for; nothing is called. */
  Pickled reduce(Pickled.Global function, List<Pickled> arguments);

  /** An instance without state. */
  Pickled.Instance instantiate(Pickled.Global type, List<Pickled> arguments);

  /**
   * Gives an object the state that it was saved with.
   *
   * @throws CheckpointException if it is none that has state, or had it given already
   */
  default void build(Pickled object, Pickled state) {
    if (!(object instanceof Pickled.Instance instance)) {
      throw new CheckpointException(
          "gives state to " + Pickled.kind(object) + ", which is no module and has none");
    }
    if (instance.state != null) {
      throw new CheckpointException("gives state to " + Pickled.kind(instance) + " twice");
    }
    instance.state = state;
  }

  /** What a persistent id refers to. */
  Pickled persistent(Pickled id);
}
