package dev.millrace.components.modeling.backbone;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import java.util.List;

/**
 * Coarser levels on top of a feature pyramid, each of half the size of the one before. Detectron2's
 * {@code top_block}. Built with the maps below it and the pyramid's as incoming shapes, the
 * coarsest last.
 */
public abstract class TopBlock extends Component {

  /** The map that it starts from: one of the pyramid's, or one of those below it. */
  public abstract String inFeature();

  /** How many levels it adds. */
  public abstract int levels();

  /**
   * @param x (N, C, h, w): {@link #inFeature()}
   * @return {@link #levels()} maps, finest first, with as many channels as the pyramid
   */
  public abstract List<NDArray> forward(Forward forward, NDArray x);
}
