package dev.millrace.components.modeling;

import dev.millrace.components.image.Frame;
import java.util.List;

/** From frames to a batch at the network's input size. Confined to its lane's thread. */
public interface Preprocessor {

  /**
   * @param frames at least one
   * @param sizeDivisibility the batch's height and width are multiples of this, zeros at the right
   *     and the bottom
   * @return a batch of as many images in the same order, all padded to the largest
   */
  ImageBatch preprocess(List<Frame> frames, int sizeDivisibility);
}
