package dev.millrace.pipeline.evaluation;

/** What becomes of a detection at one IoU threshold. */
enum Verdict {
  RIGHT,
  WRONG,
  /** It found something that does not count, such as a crowd. */
  IGNORED
}
