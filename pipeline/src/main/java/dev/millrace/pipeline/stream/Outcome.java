package dev.millrace.pipeline.stream;

import dev.millrace.connectors.FrameRecord;

/** What leaves the pipeline for every frame that entered it: exactly one of the two. */
public sealed interface Outcome permits Detected, Rejected {

  /** The frame as it arrived. */
  FrameRecord record();
}
