package dev.millrace.connectors;

import java.time.Instant;
import java.util.Map;

/**
 * A frame as it arrived, still encoded. A plain value.
 *
 * @param position where it lies
 * @param epoch the assignment of its partition under which it was read; an acknowledgement of an
 *     older one is ignored
 * @param camera the record's key; empty where it had none
 * @param value JPEG or PNG bytes, or raw pixels where the headers say so; never null, maybe empty
 * @param headers the record's headers as text; the last of equal names wins
 * @param capturedAt the record's timestamp
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes of an image, compared by nobody
public record FrameRecord(
    FramePosition position,
    int epoch,
    String camera,
    byte[] value,
    Map<String, String> headers,
    Instant capturedAt) {}
