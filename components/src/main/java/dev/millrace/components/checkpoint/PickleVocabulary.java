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

  /** What a persistent id refers to. */
  Pickled persistent(Pickled id);
}
