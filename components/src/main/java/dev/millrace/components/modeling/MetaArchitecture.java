package dev.millrace.components.modeling;

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

  /** In the order in which they run; the last ones write the {@link Instances}. */
  public abstract List<Stage> stages();

  /** Images are padded to multiples of this. */
  public abstract int sizeDivisibility();
}
