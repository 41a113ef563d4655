package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;

/** From a pooled region to where each keypoint is. Detectron2's {@code ROI_KEYPOINT_HEAD}. */
public abstract class KeypointHead extends Component {

  /**
   * @param pooled (M, C, h, w)
   * @return (M, K, h', w') logits: a map of the region for each of K keypoints
   */
  public abstract NDArray forward(Forward forward, NDArray pooled);
}
