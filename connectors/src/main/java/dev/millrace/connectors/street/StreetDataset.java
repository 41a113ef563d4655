package dev.millrace.connectors.street;

/**
 * Pictures to learn from and to be measured by: each index is a street of its own, with its own
 * viewpoint, weather, time of day and traffic, at one moment; or at several moments, one index
 * each, which saves laying out a street for each picture. A function of split, seed and index;
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
  private final int moments;
  private final RecentScenes scenes;

  /**
   * @param seed another one gives other pictures of the same split
   * @param options what all pictures have in common
   */
  public StreetDataset(StreetSplit split, long seed, StreetOptions options) {
    this(split, seed, options, 1);
  }

  /**
   * @param seed another one gives other pictures of the same split
   * @param options what all pictures have in common
   * @param moments pictures of each street, at least 1; their indices follow each other
   */
  public StreetDataset(StreetSplit split, long seed, StreetOptions options, int moments) {
    if (moments < 1) {
      throw new IllegalArgumentException("moments: expected 1 or more, found " + moments);
    }
    this.split = split;
    this.seed = seed;
    this.options = options;
    this.moments = moments;
    Canvases canvases = SceneMaker.canvases(options);
    this.scenes = new RecentScenes(scene -> new StreetScene(scene, options, canvases), moments > 1);
  }

  /** What all pictures have in common. */
  public StreetOptions options() {
    return options;
  }

  /** Pictures of each street. */
  public int moments() {
    return moments;
  }

  /**
   * A picture, in some 60 ms at 640 x 360, nearly all of it for the street that stands still: other
   * moments of it take 3 ms while it is among those asked for last.
   */
  public StreetFrame image(long index) {
    long scene = sceneSeed(index);
    Dice dice = new Dice(scene, 0x74696d65L);
    double moment = dice.between(0, LONGEST);
    for (long i = StrictMath.floorMod(index, (long) moments); i > 0; i--) {
      moment = dice.between(0, LONGEST);
    }
    double seconds = moment;
    return scenes.with(scene, street -> street.frame(seconds));
  }

  /** The seed of an image's street. */
  public long sceneSeed(long index) {
    return split.seed(Dice.mix(seed) + StrictMath.floorDiv(index, (long) moments));
  }
}
