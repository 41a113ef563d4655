package dev.millrace.pipeline.endtoend;

import java.time.Instant;
import java.util.Map;

/**
 * A frame to publish.
 *
 * @param value shared, not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Shot(String camera, Instant capturedAt, byte[] value, Map<String, String> headers) {}
