package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.ShapeSpec;
import java.util.Map;

/** From an image to feature maps. Detectron2's {@code Backbone}. */
public abstract class Backbone extends Component {

  /**
   * @param image (N, 3, H, W) float32, normalised; H and W are multiples of {@link
   *     #sizeDivisibility()}
   * @return exactly the maps of {@link #outputShape()}
   */
  public abstract FeatureMaps forward(Forward forward, NDArray image);

  /** Channels and stride of each feature map, by name. */
  public abstract Map<String, ShapeSpec> outputShape();

  /** Images are padded at the right and the bottom to multiples of this; 1: not at all. */
  public int sizeDivisibility() {
    return 1;
  }
}
