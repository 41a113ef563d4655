package dev.millrace.connectors.street;

import java.util.Arrays;

/**
 * What light reaches the ground: how much of the sun, and how much of the street lamps. A grid over
 * the part of the street that is near; beyond it all is sunny and no lamp shines.
 */
final class GroundLight {
  private static final double CELL = 0.25;
  private static final double LEFT = -60;
  private static final double BEHIND = -50;
  private static final int COLUMNS = 480;
  private static final int ROWS = 640;
  private static final double LAMP_REACH = 20;

  private final float[] sun = new float[COLUMNS * ROWS];
  private final float[] lamps = new float[COLUMNS * ROWS];
  private final Vec towardsSun;
  private final Spans spans = new Spans(COLUMNS, ROWS);

  GroundLight(Street street, Light light) {
    towardsSun = light.sun();
    Arrays.fill(sun, 1);
    if (Colour.luma(light.direct()) > 0.05) {
      street.houses().forEach(this::shade);
      street.trees().forEach(this::shade);
      street.posts().forEach(this::shade);
      soften();
    }
    if (light.lamps() > 0) {
      street.posts().stream()
          .filter(post -> post.kind() == Street.Post.Kind.LAMP)
          .forEach(post -> shine(post, light.lamps()));
    }
  }

  /** 0: in the shade, 1: in the sun. */
  float sun(double x, double y) {
    return sample(sun, x, y, 1);
  }

  /** Light of lamps on a level face, in what {@link Light#ambient()} counts in. */
  float lamps(double x, double y) {
    return sample(lamps, x, y, 0);
  }

  private static float sample(float[] grid, double x, double y, float beyond) {
    double u = (x - LEFT) / CELL - 0.5;
    double v = (y - BEHIND) / CELL - 0.5;
    if (!(u >= 0 && v >= 0 && u < COLUMNS - 1 && v < ROWS - 1)) {
      return beyond;
    }
    int column = (int) u;
    int row = (int) v;
    float fu = (float) (u - column);
    float fv = (float) (v - row);
    int at = row * COLUMNS + column;
    float near = grid[at] + (grid[at + 1] - grid[at]) * fu;
    float far = grid[at + COLUMNS] + (grid[at + COLUMNS + 1] - grid[at + COLUMNS]) * fu;
    return near + (far - near) * fv;
  }

  private double column(double x, double z) {
    return (x - towardsSun.x() * z / towardsSun.z() - LEFT) / CELL;
  }

  private double row(double y, double z) {
    return (y - towardsSun.y() * z / towardsSun.z() - BEHIND) / CELL;
  }

  private void shade(Street.House house) {
    Street.Lot lot = house.lot();
    double[] x = {lot.x0(), lot.x1(), lot.x1(), lot.x0()};
    double[] y = {lot.y0(), lot.y0(), lot.y1(), lot.y1()};
    double high = house.height();
    for (int i = 0; i < 4; i++) {
      int j = (i + 1) % 4;
      darken(
          new double[] {column(x[i], 0), column(x[j], 0), column(x[j], high), column(x[i], high)},
          new double[] {row(y[i], 0), row(y[j], 0), row(y[j], high), row(y[i], high)},
          0);
    }
    double[] u = new double[4];
    double[] v = new double[4];
    for (int i = 0; i < 4; i++) {
      u[i] = column(x[i], high);
      v[i] = row(y[i], high);
    }
    darken(u, v, 0);
  }

  private void shade(Street.Tree tree) {
    for (Crown.Blob blob : Crown.of(tree)) {
      double radius = blob.radius() * 0.85 / CELL;
      double u = column(blob.x(), blob.z());
      double v = row(blob.y(), blob.z());
      double[] us = new double[8];
      double[] vs = new double[8];
      for (int i = 0; i < 8; i++) {
        us[i] = u + radius * StrictMath.cos(i * Math.PI / 4);
        vs[i] = v + radius * StrictMath.sin(i * Math.PI / 4);
      }
      darken(us, vs, 0.35f);
    }
    pole(tree.x(), tree.y(), tree.trunk() + 1, 0.16);
  }

  private void shade(Street.Post post) {
    pole(post.x(), post.y(), post.height(), 0.13);
  }

  private void pole(double x, double y, double height, double half) {
    double wide = half / CELL;
    double u0 = column(x, 0);
    double v0 = row(y, 0);
    double u1 = column(x, height);
    double v1 = row(y, height);
    double length = Math.sqrt((u1 - u0) * (u1 - u0) + (v1 - v0) * (v1 - v0)) + 1e-9;
    double du = -(v1 - v0) / length * wide;
    double dv = (u1 - u0) / length * wide;
    darken(
        new double[] {u0 - du, u0 + du, u1 + du, u1 - du},
        new double[] {v0 - dv, v0 + dv, v1 + dv, v1 - dv},
        0.25f);
  }

  private void darken(double[] u, double[] v, float left) {
    if (!spans.cover(u, v, u.length)) {
      return;
    }
    for (int row = spans.top; row < spans.bottom; row++) {
      int end = spans.end(row);
      for (int column = spans.first(row); column < end; column++) {
        int at = row * COLUMNS + column;
        sun[at] = left > 0 ? Math.max(sun[at] * (left + 0.25f), Math.min(sun[at], 0.05f)) : 0;
      }
    }
  }

  private void soften() {
    float[] copy = sun.clone();
    for (int row = 1; row < ROWS - 1; row++) {
      for (int column = 1; column < COLUMNS - 1; column++) {
        int at = row * COLUMNS + column;
        sun[at] =
            0.25f * copy[at]
                + 0.125f * (copy[at - 1] + copy[at + 1] + copy[at - COLUMNS] + copy[at + COLUMNS])
                + 0.0625f
                    * (copy[at - COLUMNS - 1]
                        + copy[at - COLUMNS + 1]
                        + copy[at + COLUMNS - 1]
                        + copy[at + COLUMNS + 1]);
      }
    }
  }

  private void shine(Street.Post post, double strength) {
    double x = post.x() + post.reach();
    double y = post.y();
    int first = (int) Math.max(0, (x - LAMP_REACH - LEFT) / CELL);
    int last = (int) Math.min(COLUMNS - 1, (x + LAMP_REACH - LEFT) / CELL);
    int top = (int) Math.max(0, (y - LAMP_REACH - BEHIND) / CELL);
    int bottom = (int) Math.min(ROWS - 1, (y + LAMP_REACH - BEHIND) / CELL);
    for (int row = top; row <= bottom; row++) {
      double dy = BEHIND + (row + 0.5) * CELL - y;
      for (int column = first; column <= last; column++) {
        double dx = LEFT + (column + 0.5) * CELL - x;
        double near = (dx * dx + dy * dy) / (LAMP_REACH * LAMP_REACH);
        if (near < 1) {
          double fade = 1 - near;
          lamps[row * COLUMNS + column] +=
              (float) (strength * 0.62 * fade * fade / (1 + 14 * near));
        }
      }
    }
  }
}
