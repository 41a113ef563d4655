package dev.millrace.components.modeling.semantic;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;

/** From feature maps to a class for each pixel. Detectron2's {@code SEM_SEG_HEADS}. */
public abstract class SemSegHead extends Component {

  /** The name of its logits among {@code DenseInstances.maps()}. */
  public static final String SEM_SEG = "sem_seg";

  /**
   * @return (N, classes, H / s, W / s) logits, for some whole s
   */
  public abstract NDArray forward(Forward forward, FeatureMaps features);

  /** The last step of a network: its logits reach the postprocessor as they are, not enlarged. */
  Stage stage() {
    return new Stage(
        "sem_seg_head",
        getClass().getSimpleName(),
        (f, values) ->
            values.put(MetaArchitecture.MAPS + SEM_SEG, forward(f, FeatureMaps.of(values))));
  }
}
