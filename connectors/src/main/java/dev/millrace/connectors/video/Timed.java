package dev.millrace.connectors.video;

/**
 * A frame that waits for its turn.
 *
 * @param pace knows when that is
 */
record Timed(EncodedPicture picture, long index, Pace pace) {}
