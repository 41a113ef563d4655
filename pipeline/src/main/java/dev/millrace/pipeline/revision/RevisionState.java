package dev.millrace.pipeline.revision;

/** Where a revision stands. The last three are final. */
public enum RevisionState {
  /** Asked for; another may be under construction. */
  REQUESTED,
  /** Under construction, off the lanes. */
  BUILDING,
  /** Built and warmed up, not yet used. */
  WARM,
  /** On every lane. */
  LIVE,
  /** On no lane any more; not yet closed. */
  DRAINED,
  /** Released, all of it. */
  CLOSED,
  /** Never built: what was asked for has a mistake. */
  REFUSED,
  /** Never live: building it failed. */
  FAILED
}
