package dev.millrace.connectors.street;

/**
 * Pictures to learn from and to be measured by: each index is a street of its own, with its own
 * viewpoint, weather, time of day and traffic, at one moment. A function of split, seed and index;
 * nothing is stored. Thread-safe.
 *
 * <pre>{@code
 * StreetDataset training = new StreetDataset(StreetSplit.TRAIN, 1, StreetOptions.DEFAULT);
 * StreetFrame first = training.image(0); // pixels, and truth().objects() with boxes and class ids
 * }</pre>
 */
public final class StreetDataset {
  /** Seconds within which the moment lies. */
  private static final double LONGEST = 600;

  private final StreetSplit split;
  private final long seed;
  private final StreetOptions options;
  private final Canvases canvases;

  /**
   * @param seed another one gives other pictures of the same split
   * @param options what all pictures have in common
   */
  public StreetDataset(StreetSplit split, long seed, StreetOptions options) {
    this.split = split;
    this.seed = seed;
    this.options = options;
    this.canvases = SceneMaker.canvases(options);
  }

  /** A picture, in some 60 ms at 640 x 360, nearly all of it for the street that stands still. */
  public StreetFrame image(long index) {
    long scene = sceneSeed(index);
    StreetScene street = new StreetScene(scene, options, canvases);
    try {
      return street.frame(new Dice(scene, 0x74696d65L).between(0, LONGEST));
    } finally {
      street.release();
    }
  }

  /** The seed of an image's street. */
  public long sceneSeed(long index) {
    return split.seed(Dice.mix(seed) + index);
  }
}
