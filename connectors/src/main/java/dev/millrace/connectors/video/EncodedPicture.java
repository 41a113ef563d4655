package dev.millrace.connectors.video;

import java.util.Map;

/**
 * A frame as it may be published, before it has a camera and a time. A plain value.
 *
 * @param image JPEG; from a folder of pictures maybe PNG
 * @param headers what is known of it beside its pixels: of a synthetic frame its ground truth
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes of an image, compared by nobody
public record EncodedPicture(byte[] image, Map<String, String> headers) {
  EncodedPicture(byte[] image) {
    this(image, Map.of());
  }
}
