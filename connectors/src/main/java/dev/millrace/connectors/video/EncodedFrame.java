package dev.millrace.connectors.video;

import java.time.Instant;
import java.util.Map;

/**
 * One frame of a camera, ready to be published. A plain value.
 *
 * @param camera its name: the key of the record
 * @param capturedAt when it was taken: for a file, when its turn came
 * @param image JPEG; from a folder of pictures maybe PNG
 * @param headers what is known of it beside its pixels: of a synthetic frame its ground truth
 * @param index from 0, and on when a video starts again
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes of an image, compared by nobody
public record EncodedFrame(
    String camera, Instant capturedAt, byte[] image, Map<String, String> headers, long index) {}
