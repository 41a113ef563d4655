package dev.millrace.components.modeling;

import dev.millrace.components.image.Frame;
import java.util.List;

/**
 * A loaded model: pixels in, detections out. Built on any thread, then confined to one (its
 * lane's), which also closes it.
 */
public interface Detector extends AutoCloseable {

  /** Makes of a frame what {@link #infer} takes; callable from any thread. */
  Preprocessor preprocessor();

  /**
   * Runs the network and the postprocessor over a batch.
   *
   * @param images at least one, made by this detector's {@link #preprocessor}
   * @return as many, in the same order
   * @throws DeviceLostException if nothing can be run on its device any more
   * @throws RuntimeException if a stage fails; the detector stays usable
   */
  List<Detections> infer(List<InputImage> images);

  /** Runs every stage over a batch, here and now. */
  default List<Detections> detect(List<Frame> frames) {
    return infer(frames.stream().map(preprocessor()::preprocess).toList());
  }

  /** How the stages run, as {@code millrace plan} prints it. */
  String plan();

  /** SHA-256 in hex of the weights' file, or of how they were initialised where there is none. */
  String weightsHash();

  /** Bytes of native memory that the weights take; programs take more. */
  long nativeBytes();

  @Override
  void close();
}
