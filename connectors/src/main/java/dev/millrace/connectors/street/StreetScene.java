package dev.millrace.connectors.street;

import dev.millrace.connectors.GroundTruth;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A street with traffic, filmed by one camera that stands still. A function of time: any moment may
 * be asked for, in any order, by any number of threads; the same seed, options and moment give the
 * same bytes.
 *
 * <pre>{@code
 * StreetScene street = new StreetScene(7, StreetOptions.DEFAULT.withDaylight(Daylight.NIGHT));
 * StreetFrame frame = street.frame(12.5);
 * }</pre>
 */
public final class StreetScene {
  private final Canvases canvases;
  private final Scene scene;
  private final long seed;
  private final Grain grain;
  private final double sway;
  private final Queue<FramePainter> painters = new ConcurrentLinkedQueue<>();

  /** Lays out the street and paints what stands still: tens of milliseconds. */
  public StreetScene(long seed, StreetOptions options) {
    this(seed, options, SceneMaker.canvases(options));
  }

  /** Paints in memory that is lent until {@link #release}. */
  StreetScene(long seed, StreetOptions options, Canvases canvases) {
    this.canvases = canvases;
    this.seed = Dice.mix(seed ^ 0x737472656574L);
    Dice dice = new Dice(this.seed);
    Canvas canvas = canvases.take();
    this.scene = SceneMaker.make(options, dice, canvas);
    canvases.give(canvas);
    double night = scene.daylight() == Daylight.NIGHT ? 1.9 : 1;
    this.grain = new Grain(options.noise() * night * dice.between(0.7, 2.0), dice.bits());
    this.sway = dice.chance(0.3) ? dice.between(0.2, 0.9) : 0;
  }

  /** Gives back all memory; frames that are asked for later take some anew. */
  void release() {
    for (FramePainter painter = painters.poll(); painter != null; painter = painters.poll()) {
      canvases.give(painter.canvas());
    }
  }

  public int width() {
    return scene.width();
  }

  public int height() {
    return scene.height();
  }

  public Viewpoint viewpoint() {
    return scene.viewpoint();
  }

  public Weather weather() {
    return scene.weather();
  }

  public Daylight daylight() {
    return scene.daylight();
  }

  /**
   * The picture at a moment.
   *
   * @param seconds since the scene began, not negative; fractions as you like
   */
  public StreetFrame frame(double seconds) {
    byte[] bgr = new byte[3 * scene.width() * scene.height()];
    return new StreetFrame(scene.width(), scene.height(), bgr, paint(seconds, bgr, null));
  }

  /** What {@link #frame} knows of a moment, without its pixels; costs as much. */
  public GroundTruth truth(double seconds) {
    return paint(seconds, null, null);
  }

  /** Whose each pixel is: height x width track ids, rows from the top; 0 where nobody is. */
  public int[] tracks(double seconds) {
    int[] tracks = new int[scene.width() * scene.height()];
    paint(seconds, null, tracks);
    return tracks;
  }

  private GroundTruth paint(double seconds, byte @Nullable [] bgr, int @Nullable [] tracks) {
    if (!(seconds >= 0 && seconds < 1e9)) {
      throw new IllegalArgumentException("seconds: expected 0 to 1e9, found " + seconds);
    }
    FramePainter waiting = painters.poll();
    FramePainter painter = waiting == null ? new FramePainter(scene, canvases.take()) : waiting;
    long moment = Dice.mix(seed ^ Double.doubleToLongBits(seconds));
    Crop frame =
        new Crop(
            scene.margin() + shaken(seconds, 1.0),
            scene.margin() + shaken(seconds, 1.37),
            scene.width(),
            scene.height(),
            tracks);
    List<Cast> casts = painter.paint(seconds, moment, frame);
    GroundTruth truth = Truth.of(casts, frame);
    if (bgr != null) {
      Canvas canvas = painter.canvas();
      int first = frame.row() * canvas.width + frame.column();
      grain.develop(
          canvas.pixels,
          first,
          canvas.width,
          scene.width(),
          scene.height(),
          curve(seconds),
          moment,
          bgr);
    }
    painters.add(painter);
    return truth;
  }

  /** Pixels that wind moves the camera by. */
  private int shaken(double seconds, double rate) {
    double wind =
        StrictMath.sin(2.1 * rate * seconds + 1)
            + 0.6 * StrictMath.sin(5.3 * rate * seconds)
            + 0.4 * StrictMath.sin(11.9 * rate * seconds + 2);
    return (int) StrictMath.round(sway * scene.margin() / 2 * wind);
  }

  /** Light that changes as clouds pass and lamps flicker. */
  private int[] curve(double seconds) {
    double gain =
        1
            + 0.02 * StrictMath.sin(0.21 * seconds + (seed & 7))
            + 0.012 * StrictMath.sin(0.83 * seconds);
    int[] curve = new int[256];
    for (int i = 0; i < 256; i++) {
      curve[i] = (int) StrictMath.round(Math.min(255, i * gain));
    }
    return curve;
  }
}
