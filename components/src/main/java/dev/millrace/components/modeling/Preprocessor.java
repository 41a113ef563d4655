package dev.millrace.components.modeling;

import dev.millrace.components.image.Frame;

/**
 * From a frame to an image at the network's input size. Padding to a common size and stacking to a
 * batch come later and are not its business.
 *
 * <p>Called by several threads at once: decoding threads prepare frames before a lane asks for
 * them.
 */
public interface Preprocessor {

  /** Makes the image; the frame stays as it is. */
  InputImage preprocess(Frame frame);
}
