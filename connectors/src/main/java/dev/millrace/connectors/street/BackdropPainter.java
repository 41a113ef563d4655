package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Paints what stands still: what is where first, then each sample's light. For one picture. */
final class BackdropPainter {
  private static final int NOTHING = -1;
  private static final int PAINTED = -2;

  private final Canvas canvas;
  private final Lens lens;
  private final Light light;
  private final GroundLight shadows;
  private final List<Surface> surfaces = new ArrayList<>();
  private final Ground ground;
  private final float[] lightOut = new float[3];

  BackdropPainter(Canvas canvas, Lens lens, Light light, GroundLight shadows, Ground ground) {
    this.canvas = canvas;
    this.lens = lens;
    this.light = light;
    this.shadows = shadows;
    this.ground = ground;
    surfaces.add(ground);
    Arrays.fill(canvas.depth, 0);
    Arrays.fill(canvas.covered, NOTHING);
  }

  Light light() {
    return light;
  }

  GroundLight shadows() {
    return shadows;
  }

  Lens lens() {
    return lens;
  }

  Ground ground() {
    return ground;
  }

  /** A flat convex face, seen from both sides. */
  void face(Surface surface, Vec... corners) {
    int number = surface == ground ? 0 : surfaces.size();
    if (number > 0) {
      surfaces.add(surface);
    }
    Facet facet = canvas.facet;
    facet.clear();
    for (Vec corner : corners) {
      facet.corner(lens.seen(corner));
    }
    if (!facet.project(lens, Canvas.SCALE, true)
        || !canvas.samples.cover(facet.u, facet.v, facet.corners)) {
      return;
    }
    Spans spans = canvas.samples;
    for (int row = spans.top; row < spans.bottom; row++) {
      int first = spans.first(row);
      int end = spans.end(row);
      double inverse =
          facet.inverse + facet.inverseU * (first + 0.5) + facet.inverseV * (row + 0.5);
      for (int at = row * canvas.columns + first; at < row * canvas.columns + end; at++) {
        if (inverse > canvas.depth[at]) {
          canvas.depth[at] = (float) inverse;
          canvas.covered[at] = number;
        }
        inverse += facet.inverseU;
      }
    }
  }

  /**
   * A ball of leaves.
   *
   * @param green linear light
   */
  void leaves(Crown.Blob blob, float[] green, double bottom, double top) {
    Vec seen = lens.seen(new Vec(blob.x(), blob.y(), blob.z()));
    if (seen.z() < 2) {
      return;
    }
    double u = Canvas.SCALE * lens.u(seen);
    double v = Canvas.SCALE * lens.v(seen);
    double radius = Canvas.SCALE * lens.focal() * blob.radius() / seen.z();
    int firstRow = (int) Math.max(0, Math.floor(v - radius));
    int lastRow = (int) Math.min(canvas.rows - 1, Math.ceil(v + radius));
    int firstColumn = (int) Math.max(0, Math.floor(u - radius));
    int lastColumn = (int) Math.min(canvas.columns - 1, Math.ceil(u + radius));
    float clear = light.clear(seen.z());
    float[] falls = new float[3];
    float lamps = shadows.lamps(blob.x(), blob.y()) * 0.5f;
    float[] lamp = Light.lampColour();
    double leaf = Math.max(0.6, 3.4 * lens.focal() / 640 * 12 / seen.z());
    for (int row = firstRow; row <= lastRow; row++) {
      double dv = (row + 0.5 - v) / radius;
      for (int column = firstColumn; column <= lastColumn; column++) {
        double du = (column + 0.5 - u) / radius;
        double near = 1 - du * du - dv * dv;
        float speck =
            Noise.cell((int) (column / leaf), (int) (row / leaf), (int) (blob.x() * 10) & 63);
        if (near < 0 || near < 0.55 * speck) {
          continue;
        }
        double out = Math.sqrt(near);
        double inverse = 1 / (seen.z() - blob.radius() * out);
        int at = row * canvas.columns + column;
        if (inverse <= canvas.depth[at]) {
          continue;
        }
        Vec normal =
            lens.right().times(du).plus(lens.down().times(dv)).plus(lens.ahead().times(-out));
        double high = (blob.z() - bottom) / (top - bottom);
        double sunny = Math.max(0, 0.25 + 0.75 * normal.dot(light.sun())) * (0.45 + 0.55 * high);
        double sky = 0.35 + 0.3 * high + 0.25 * normal.z();
        float tint = (float) (blob.tint() * (0.7 + 0.6 * speck));
        for (int c = 0; c < 3; c++) {
          falls[c] =
              (float)
                  (green[c]
                      * tint
                      * (light.ambient()[c] * sky + light.direct()[c] * sunny + lamp[c] * lamps));
          falls[c] = falls[c] * clear + light.horizon()[c] * (1 - clear);
        }
        canvas.depth[at] = (float) inverse;
        canvas.covered[at] = PAINTED;
        canvas.colour[at] = Tone.rgb(falls[0], falls[1], falls[2]);
      }
    }
  }

  /** The picture of all that was put before the lens. */
  Backdrop paint() {
    int width = canvas.width;
    int height = canvas.height;
    int[] pixels = new int[width * height];
    byte[] groundShare = new byte[width * height];
    byte[] sunny = new byte[width * height];
    Sky sky = new Sky(light);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 0;
        int green = 0;
        int blue = 0;
        int grounds = 0;
        float sun = 0;
        for (int sample = 0; sample < 4; sample++) {
          int row = 2 * y + (sample >> 1);
          int column = 2 * x + (sample & 1);
          int at = row * canvas.columns + column;
          int rgb;
          if (canvas.covered[at] == PAINTED) {
            rgb = canvas.colour[at];
          } else {
            rgb = look(sky, column, row, at);
            if (canvas.covered[at] == 0) {
              grounds++;
              sun += shadows.sun(point[0], point[1]);
            }
          }
          red += rgb >> 16;
          green += rgb >> 8 & 255;
          blue += rgb & 255;
        }
        int at = y * width + x;
        pixels[at] = (red + 2) / 4 << 16 | (green + 2) / 4 << 8 | (blue + 2) / 4;
        groundShare[at] = (byte) (grounds * 255 / 4);
        sunny[at] = (byte) (int) (sun * 255 / 4);
      }
    }
    return new Backdrop(pixels, canvas.depth.clone(), groundShare, sunny);
  }

  private final double[] point = new double[3];

  private int look(Sky sky, int column, int row, int at) {
    double x = ((column + 0.5) / Canvas.SCALE - lens.cx()) / lens.focal();
    double y = ((row + 0.5) / Canvas.SCALE - lens.cy()) / lens.focal();
    double dx = lens.ahead().x() + lens.right().x() * x + lens.down().x() * y;
    double dy = lens.ahead().y() + lens.right().y() * x + lens.down().y() * y;
    double dz = lens.ahead().z() + lens.right().z() * x + lens.down().z() * y;
    float[] out = lightOut;
    if (canvas.covered[at] == NOTHING) {
      if (dz > -1e-4) {
        sky.look(dx, dy, dz, out);
        return Tone.rgb(out[0], out[1], out[2]);
      }
      canvas.depth[at] = (float) (-dz / lens.eye().z());
      canvas.covered[at] = 0;
    }
    double ahead = 1 / canvas.depth[at];
    double metres = ahead * Math.sqrt(dx * dx + dy * dy + dz * dz);
    point[0] = lens.eye().x() + dx * ahead;
    point[1] = lens.eye().y() + dy * ahead;
    point[2] = lens.eye().z() + dz * ahead;
    surfaces.get(canvas.covered[at]).look(point, metres, out);
    float clear = light.clear(metres);
    for (int c = 0; c < 3; c++) {
      out[c] = out[c] * clear + light.horizon()[c] * (1 - clear);
    }
    return Tone.rgb(out[0], out[1], out[2]);
  }
}
