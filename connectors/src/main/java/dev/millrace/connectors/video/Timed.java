package dev.millrace.connectors.video;

/**
 * A frame that waits for its turn.
 *
 * @param pace knows when that is
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Timed(byte[] image, long index, Pace pace) {}
