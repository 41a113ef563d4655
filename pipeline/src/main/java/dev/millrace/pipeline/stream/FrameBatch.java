package dev.millrace.pipeline.stream;

import java.util.List;

/**
 * What a lane does in one go, in order: at least one item; all decoded frames of one width and
 * height; rejected ones ride along so that they keep their place.
 */
record FrameBatch(List<Decoded> items) {

  /** The frames to run the model on, perhaps none. */
  List<DecodedFrame> frames() {
    return items.stream()
        .filter(DecodedFrame.class::isInstance)
        .map(DecodedFrame.class::cast)
        .toList();
  }
}
