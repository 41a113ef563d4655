package dev.millrace.pipeline.stream;

import dev.millrace.connectors.FrameRecord;

/** What became of a frame's bytes: pixels, or the reason why there are none. */
public sealed interface Decoded permits DecodedFrame, Rejected {

  /** The frame as it arrived. */
  FrameRecord record();
}
