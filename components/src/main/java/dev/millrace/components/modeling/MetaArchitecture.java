package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.supervision.Supervision;
import java.util.List;

/**
 * A whole network: which stages there are and how they follow each other. Detectron2's {@code
 * META_ARCH}.
 */
public abstract class MetaArchitecture extends Component {

  /** Pixels in: (N, 3, H, W) uint8, blue first. */
  public static final String PIXELS = "pixels";

  /** True sizes in: (N, 2) float32, height and width without padding. */
  public static final String SIZES = "sizes";

  /**
   * What the names of values begin with that say something of each image as a whole: (N, ...)
   * float32; {@link DenseInstances#maps()} has them by the rest of the name.
   */
  public static final String MAPS = "maps.";

  /** In the order in which they run; the last ones write the {@link Instances}. */
  public abstract List<Stage> stages();

  /** The step that makes {@code image} of pixels. */
  protected final Stage stage(PixelNormalization normalization) {
    return new Stage(
        "normalize",
        getClass().getSimpleName(),
        (f, values) ->
            values.put("image", normalization.forward(f, values.get(PIXELS), values.get(SIZES))));
  }

  /** The step that makes feature maps of {@code image}. */
  protected static Stage stage(Backbone backbone) {
    return new Stage(
        "backbone",
        backbone.getClass().getSimpleName(),
        (f, values) -> backbone.forward(f, values.get("image")).writeTo(values));
  }

  /**
   * One training pass: the same components with losses, which go to the supervision.
   *
   * @param pixels (N, 3, H, W) uint8, blue first
   * @param sizes (N, 2) float32, height and width without padding
   * @throws NotTrainableException if this network, or a part of it, cannot be trained
   */
  public void train(Forward forward, NDArray pixels, NDArray sizes, Supervision supervision) {
    throw new NotTrainableException(getClass().getSimpleName() + " cannot be trained");
  }

  /** Images are padded to multiples of this. */
  public abstract int sizeDivisibility();
}
