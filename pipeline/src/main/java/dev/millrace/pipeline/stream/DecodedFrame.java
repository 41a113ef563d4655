package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.FrameRecord;

/**
 * A frame with its pixels.
 *
 * @param arrivedNanos when it left the source, by {@link System#nanoTime()}
 * @param decodeNanos how long decoding took, waiting for a thread excluded
 */
public record DecodedFrame(FrameRecord record, Frame pixels, long arrivedNanos, long decodeNanos)
    implements Decoded {}
