package dev.millrace.components.checkpoint;

/** How a file's names are to be matched with a model's, as its format or the file itself says. */
public enum Naming {
  /** Name by name. */
  EXACT,

  /**
   * As Detectron2's checkpointer does with {@code matching_heuristics}: a name of the file fits a
   * name of the model that it is equal to or ends, after a dot; of several the longest.
   */
  SUFFIXES,

  /** Blobs of Caffe2, such as {@code res2_0_branch2a_w}: renamed, then as {@link #SUFFIXES}. */
  CAFFE2
}
