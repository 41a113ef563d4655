package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Paints a scene at any moment. For one thread. */
final class FramePainter {
  /** Roughly that of people, on foot or not. */
  private static final Vec LIVING = new Vec(0.4, 0.3, 1.85);

  /** Metres, beyond which things are specks. */
  private static final double FARTHEST = 150;

  private final Scene scene;
  private final Canvas canvas;
  private final Dirt dirt;
  private final ActorPainter actors;
  private final GroundPainter grounds;
  private final int shade;

  /** Takes possession of a canvas. */
  FramePainter(Scene scene, Canvas canvas) {
    this.scene = scene;
    this.canvas = canvas;
    this.dirt = new Dirt(canvas.width, canvas.height);
    this.actors = new ActorPainter(scene, canvas, dirt);
    this.grounds = new GroundPainter(scene, canvas, dirt);
    this.shade = (int) (256 * (1 - scene.light().shade()));
    System.arraycopy(scene.backdrop().depth(), 0, canvas.depth, 0, canvas.depth.length);
    Arrays.fill(canvas.colour, 0);
    Arrays.fill(canvas.shadow, (byte) 0);
  }

  Canvas canvas() {
    return canvas;
  }

  /**
   * Leaves the picture, without grain, in the canvas's pixels.
   *
   * @param frame where in the canvas the picture lies
   * @return who was looked for, and what was seen of each
   */
  List<Cast> paint(double seconds, long moment, Crop frame) {
    System.arraycopy(scene.backdrop().pixels(), 0, canvas.pixels, 0, canvas.pixels.length);
    actors.begin();
    List<Cast> casts = new ArrayList<>();
    for (Actor actor : scene.traffic().at(seconds)) {
      Cast cast = casts.size() < ActorPainter.MOST ? cast(actor) : null;
      if (cast != null) {
        casts.add(cast);
        grounds.paint(cast);
        actors.paint(cast, casts.size());
      }
    }
    compose(casts, frame);
    lamps();
    signals(seconds);
    if (scene.weather() == Weather.RAIN) {
      int bright = (int) (18 + 60 * Math.min(0.5, Colour.luma(scene.light().horizon())));
      Glow.rain(canvas.pixels, canvas.width, moment, bright);
    }
    restore();
    return casts;
  }

  /** The actor before the lens, or null where it is far from what the lens sees. */
  private @Nullable Cast cast(Actor actor) {
    Lens lens = scene.lens();
    boolean rigid = actor.kind().compareTo(StreetClass.CAR) >= 0;
    Vec extent = rigid ? Fleet.vehicle(actor.kind(), actor.look()).extent() : LIVING;
    Vec seen = lens.seen(new Vec(actor.x(), actor.y(), actor.z() + extent.z() / 2));
    double radius = extent.length();
    double wide = (lens.cx() / lens.focal()) * Math.max(seen.z(), 0) + 1.5 * radius;
    if (seen.z() < Lens.NEAR - radius || seen.z() > FARTHEST || Math.abs(seen.x()) > wide) {
      return null;
    }
    Palette palette = Fleet.palette(actor, scene.light().headlights());
    if (rigid) {
      Mesh mesh = Fleet.vehicle(actor.kind(), actor.look()).mesh();
      return new Cast(actor, mesh, palette, extent, seen.z());
    }
    double pixels = lens.focal() * extent.z() / Math.max(seen.z(), 1);
    int sides = pixels > 70 ? 6 : pixels > 30 ? 5 : 4;
    Dice dice = new Dice(actor.look(), 3);
    if (actor.kind() == StreetClass.PERSON) {
      PersonModel.build(
          canvas.limbs, PersonModel.Build.of(dice), actor.phase(), actor.vigour(), sides);
    } else {
      BicycleModel.build(canvas.limbs, BicycleModel.Build.of(dice), actor.phase(), sides);
    }
    return new Cast(actor, canvas.limbs, palette, extent, seen.z());
  }

  /** Samples to pixels, where anything was painted. */
  private void compose(List<Cast> casts, Crop frame) {
    int[] seen = new int[casts.size() + 1];
    for (int y = 0; y < canvas.height; y++) {
      int x = dirt.next(y, 0);
      while (x < canvas.width) {
        int end = dirt.end(y, x);
        for (; x < end; x++) {
          int upper = Canvas.SCALE * (y * canvas.columns + x);
          int owner = compose(y * canvas.width + x, upper, upper + canvas.columns, seen);
          if (owner > 0 && frame.has(x, y)) {
            Cast cast = casts.get(owner - 1);
            cast.pixel(x - frame.column(), y - frame.row());
            frame.mark(x, y, cast.actor.track());
          }
        }
        x = dirt.next(y, end);
      }
    }
    for (int i = 0; i < casts.size(); i++) {
      casts.get(i).seen = seen[i + 1];
    }
  }

  /**
   * One pixel of four samples.
   *
   * @param upper index of its first sample
   * @param lower index of its third
   * @param seen counts the samples of each actor
   * @return whose it is, 0: nobody's
   */
  private int compose(int pixel, int upper, int lower, int[] seen) {
    int[] colour = canvas.colour;
    byte[] shadow = canvas.shadow;
    int dark = shadow[upper] + shadow[upper + 1] + shadow[lower] + shadow[lower + 1];
    if (dark > 0) {
      canvas.pixels[pixel] = shaded(canvas.pixels[pixel], dark, pixel);
    }
    int a = colour[upper];
    int b = colour[upper + 1];
    int c = colour[lower];
    int d = colour[lower + 1];
    if ((a | b | c | d) == 0) {
      return 0;
    }
    if (a == b && a == c && a == d) {
      canvas.pixels[pixel] = a & 0xffffff;
      seen[a >>> 24] += 4;
      return a >>> 24;
    }
    seen[a >>> 24]++;
    seen[b >>> 24]++;
    seen[c >>> 24]++;
    seen[d >>> 24]++;
    int behind = canvas.pixels[pixel];
    canvas.pixels[pixel] =
        mixed(a == 0 ? behind : a, b == 0 ? behind : b, c == 0 ? behind : c, d == 0 ? behind : d);
    return owner(a >>> 24, b >>> 24, c >>> 24, d >>> 24);
  }

  private static int mixed(int a, int b, int c, int d) {
    int edges = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff) + 0x20002;
    int green = (a & 0xff00) + (b & 0xff00) + (c & 0xff00) + (d & 0xff00) + 0x200;
    return edges >>> 2 & 0xff00ff | green >>> 2 & 0xff00;
  }

  private int shaded(int rgb, int samples, int pixel) {
    int sunny = scene.backdrop().sunny()[pixel] & 255;
    int left = 256 - shade * samples * sunny / (4 * 255);
    return ((rgb >> 16) * left >> 8) << 16
        | ((rgb >> 8 & 255) * left >> 8) << 8
        | (rgb & 255) * left >> 8;
  }

  /** Whose a pixel is: who has at least two of its four samples; of two pairs the upper. */
  private static int owner(int a, int b, int c, int d) {
    if (a != 0 && (a == b || a == c || a == d)) {
      return a;
    }
    if (b != 0 && (b == c || b == d)) {
      return b;
    }
    return c == d ? c : 0;
  }

  /** Light around headlights and rear lights that nothing hides. */
  private void lamps() {
    Light light = scene.light();
    double power = light.lamps() > 0 ? 0.4 + 0.5 * light.lamps() : 0.3;
    for (ActorPainter.Beam beam : actors.beams()) {
      if (!open(beam.u(), beam.v(), beam.inverse())) {
        continue;
      }
      double radius = scene.lens().focal() * (beam.front() ? 0.62 : 0.3) * beam.inverse() + 1;
      double strength = power * Math.min(1, beam.strength());
      int red = (int) (255 * strength);
      Glow.round(
          canvas.pixels,
          canvas.width,
          beam.u(),
          beam.v(),
          radius,
          red,
          beam.front() ? red * 15 / 16 : red / 8,
          beam.front() ? red * 13 / 16 : red / 12);
    }
  }

  private boolean open(double u, double v, float inverse) {
    int column = (int) Math.floor(Canvas.SCALE * u);
    int row = (int) Math.floor(Canvas.SCALE * v);
    return column >= 0
        && row >= 0
        && column < canvas.columns
        && row < canvas.rows
        && canvas.depth[row * canvas.columns + column] <= inverse * 1.004f;
  }

  private void signals(double seconds) {
    for (Street.Post post : scene.street().posts()) {
      if (post.kind() == Street.Post.Kind.SIGNAL) {
        signal(post, true, seconds);
        signal(post, false, seconds);
      }
    }
  }

  /** The lamp that is on, on the side that the road's traffic sees. */
  private void signal(Street.Post post, boolean alongY, double seconds) {
    int aspect = Signals.aspect(alongY, seconds);
    double off = 0.2;
    Vec eye = scene.lens().eye();
    double x = post.x() + (alongY ? 0 : Math.copySign(off, eye.x() - post.x()));
    double y = post.y() + (alongY ? Math.copySign(off, eye.y() - post.y()) : 0);
    double facing = alongY ? Math.abs(eye.y() - post.y()) : Math.abs(eye.x() - post.x());
    Vec seen = scene.lens().seen(new Vec(x, y, post.height() - 0.74 + 0.3 * aspect));
    if (seen.z() < 1 || facing < 1) {
      return;
    }
    double u = scene.lens().u(seen);
    double v = scene.lens().v(seen);
    if (open(u, v, (float) (1 / seen.z()))) {
      double radius = scene.lens().focal() * 0.24 / seen.z() + 0.8;
      int red = aspect == 0 ? 20 : 255;
      int green = aspect == 2 ? 20 : aspect == 1 ? 170 : 235;
      Glow.round(canvas.pixels, canvas.width, u, v, radius, red, green, aspect == 0 ? 110 : 20);
    }
  }

  /** Leaves the canvas as it was. */
  private void restore() {
    float[] depth = scene.backdrop().depth();
    for (int y = 0; y < canvas.height; y++) {
      int x = dirt.next(y, 0);
      while (x < canvas.width) {
        int end = dirt.end(y, x);
        int length = Canvas.SCALE * (end - x);
        for (int row = Canvas.SCALE * y; row < Canvas.SCALE * (y + 1); row++) {
          int at = row * canvas.columns + Canvas.SCALE * x;
          System.arraycopy(depth, at, canvas.depth, at, length);
          Arrays.fill(canvas.colour, at, at + length, 0);
          Arrays.fill(canvas.shadow, at, at + length, (byte) 0);
        }
        x = dirt.next(y, end);
      }
    }
    dirt.clear();
  }
}
