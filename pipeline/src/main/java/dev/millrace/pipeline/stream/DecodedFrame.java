package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.connectors.FrameRecord;
import org.jspecify.annotations.Nullable;

/**
 * A frame with its pixels.
 *
 * @param prepared made of the pixels ahead of time, if it could be
 * @param arrivedNanos when it left the source, by {@link System#nanoTime()}
 * @param decodeNanos how long decoding and preparing took, waiting for a thread excluded
 */
public record DecodedFrame(
    FrameRecord record,
    Frame pixels,
    @Nullable Prepared prepared,
    long arrivedNanos,
    long decodeNanos)
    implements Decoded {

  /**
   * @param by whose work it is; a model with another preprocessor cannot use it
   */
  public record Prepared(Preprocessor by, InputImage image) {}

  /** Bytes that it holds on the heap beside its record. */
  long bytes() {
    return pixels.bgr().length + (prepared == null ? 0L : prepared.image().pixels().length);
  }

  /** What the detector wants of this frame: the image prepared for it, or one made now. */
  InputImage imageFor(Detector detector) {
    Preprocessor preprocessor = detector.preprocessor();
    return prepared != null && prepared.by() == preprocessor
        ? prepared.image()
        : preprocessor.preprocess(pixels);
  }
}
