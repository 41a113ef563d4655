package dev.millrace.connectors.street;

import dev.millrace.connectors.GroundTruth;

/**
 * One picture of a street. A plain value.
 *
 * @param bgr uint8, height x width x 3, rows from the top, blue first; owned by this frame
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of pixels, compared by nobody
public record StreetFrame(int width, int height, byte[] bgr, GroundTruth truth) {}
