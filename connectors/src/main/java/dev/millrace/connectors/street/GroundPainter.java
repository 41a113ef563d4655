package dev.millrace.connectors.street;

import java.util.Arrays;

/**
 * What actors do to the ground: shade beneath them, their shadow in the sun, the light of their
 * headlights. For one thread.
 */
final class GroundPainter {
  private static final double SUNNY = 0.08;

  /** Longer shadows lose themselves between the houses. */
  private static final double STEEPEST = 0.16;

  private final Scene scene;
  private final Canvas canvas;
  private final Dirt dirt;
  private final boolean sun;
  private final double under;

  GroundPainter(Scene scene, Canvas canvas, Dirt dirt) {
    this.scene = scene;
    this.canvas = canvas;
    this.dirt = dirt;
    this.sun = Colour.luma(scene.light().direct()) > SUNNY;
    this.under = sun ? 0.5 : scene.light().lamps() > 0 ? 0.38 : 0.55;
  }

  void paint(Cast cast) {
    if (cast.ahead > 75 || cast.solid < 4) {
      return;
    }
    boolean vehicle = cast.actor.kind().compareTo(StreetClass.CAR) >= 0;
    double soft = vehicle ? 0.45 : 0.22;
    patch(
        cast,
        0,
        cast.extent.x() + soft,
        cast.extent.y() + soft,
        soft * 1.6,
        -under * scene.light().clear(cast.ahead));
    boolean lit =
        scene.light().headlights() && cast.palette.glow[3 * Material.HEADLIGHT.ordinal()] > 0;
    if (lit && vehicle && scene.light().lamps() > 0) {
      double strength = 0.34 * scene.light().lamps();
      patch(cast, cast.extent.x() + 5.2, 5.2, 1.9, 2.2, strength);
    }
    if (sun && cast.ahead < 60) {
      shadow(cast);
    }
  }

  /**
   * Darkens (below 0) or lightens a soft rectangle of ground.
   *
   * @param forward of the actor's middle, metres
   * @param soft metres from no effect to all of it
   */
  private void patch(Cast cast, double forward, double half, double wide, double soft, double by) {
    Actor actor = cast.actor;
    Lens lens = scene.lens();
    double cx = actor.x() + actor.aheadX() * forward;
    double cy = actor.y() + actor.aheadY() * forward;
    Facet facet = canvas.facet;
    facet.clear();
    for (int i = 0; i < 4; i++) {
      double along = (i == 0 || i == 3 ? -1 : 1) * half;
      double aside = (i < 2 ? -1 : 1) * wide;
      facet.corner(
          lens.seen(
              new Vec(
                  cx + actor.aheadX() * along - actor.aheadY() * aside,
                  cy + actor.aheadY() * along + actor.aheadX() * aside,
                  actor.z())));
    }
    if (!facet.project(lens, 1, true) || !canvas.whole.cover(facet.u, facet.v, facet.corners)) {
      return;
    }
    Spans spans = canvas.whole;
    byte[] ground = scene.backdrop().ground();
    double ox = lens.eye().x() - cx;
    double oy = lens.eye().y() - cy;
    for (int row = spans.top; row < spans.bottom; row++) {
      int end = spans.end(row);
      double y = (row + 0.5 - lens.cy()) / lens.focal();
      for (int column = spans.first(row); column < end; column++) {
        int at = row * canvas.width + column;
        int share = ground[at] & 255;
        if (share == 0) {
          continue;
        }
        double x = (column + 0.5 - lens.cx()) / lens.focal();
        double far =
            1 / (facet.inverse + facet.inverseU * (column + 0.5) + facet.inverseV * (row + 0.5));
        double gx = ox + far * (lens.ahead().x() + lens.right().x() * x + lens.down().x() * y);
        double gy = oy + far * (lens.ahead().y() + lens.right().y() * x + lens.down().y() * y);
        double along = Math.abs(gx * actor.aheadX() + gy * actor.aheadY());
        double aside = Math.abs(gy * actor.aheadX() - gx * actor.aheadY());
        double in = Math.min(1, (half - along) / soft) * Math.min(1, (wide - aside) / soft);
        if (in > 0) {
          double amount = by * in * (2 - in) * share / 255;
          canvas.pixels[at] =
              amount < 0 ? dark(canvas.pixels[at], 1 + amount) : lit(canvas.pixels[at], amount);
        }
      }
    }
  }

  private static int dark(int rgb, double by) {
    int share = (int) (by * 256);
    return ((rgb >> 16) * share >> 8) << 16
        | ((rgb >> 8 & 255) * share >> 8) << 8
        | (rgb & 255) * share >> 8;
  }

  private static int lit(int rgb, double by) {
    int add = (int) (by * 200);
    return Glow.add(rgb, add, add * 15 / 16, add * 13 / 16);
  }

  /** Marks samples of the ground that the actor keeps the sun from. */
  private void shadow(Cast cast) {
    Actor actor = cast.actor;
    Mesh mesh = cast.mesh;
    Lens lens = scene.lens();
    Vec s = scene.light().sun();
    double steep = Math.max(s.z(), STEEPEST);
    double slideX = s.x() / steep;
    double slideY = s.y() / steep;
    double sunX = s.x() * actor.aheadX() + s.y() * actor.aheadY();
    double sunY = s.y() * actor.aheadX() - s.x() * actor.aheadY();
    Facet facet = canvas.facet;
    for (int face = 0; face < mesh.faces; face++) {
      double faces =
          mesh.normalX[face] * sunX + mesh.normalY[face] * sunY + mesh.normalZ[face] * s.z();
      if (faces <= 0) {
        continue;
      }
      facet.clear();
      for (int i = mesh.start[face]; i < mesh.start[face + 1]; i++) {
        double high = mesh.z[i];
        facet.corner(
            lens.seen(
                new Vec(
                    actor.x()
                        + mesh.x[i] * actor.aheadX()
                        - mesh.y[i] * actor.aheadY()
                        - slideX * high,
                    actor.y()
                        + mesh.x[i] * actor.aheadY()
                        + mesh.y[i] * actor.aheadX()
                        - slideY * high,
                    actor.z())));
      }
      if (facet.project(lens, Canvas.SCALE, true)
          && canvas.samples.cover(facet.u, facet.v, facet.corners)) {
        mark();
      }
    }
  }

  private void mark() {
    Spans spans = canvas.samples;
    for (int row = spans.top; row < spans.bottom; row++) {
      int first = spans.first(row);
      int end = spans.end(row);
      if (first < end) {
        dirt.samples(row, first, end);
        Arrays.fill(
            canvas.shadow, row * canvas.columns + first, row * canvas.columns + end, (byte) 1);
      }
    }
  }
}
