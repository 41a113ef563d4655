package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;

/** From a pooled region to one feature vector or map. Detectron2's {@code ROI_BOX_HEAD}. */
public abstract class BoxHead extends Component {

  /**
   * @param pooled (M, C, h, w)
   * @return (M, channels) or (M, channels, h', w') as {@link #outputShape()} says
   */
  public abstract NDArray forward(Forward forward, NDArray pooled);

  /** Channels, and height and width where it keeps a map. */
  public abstract ShapeSpec outputShape();
}
