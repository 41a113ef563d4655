package dev.millrace.connectors.street;

import java.util.List;

/** A house's wall: storeys of windows, shops below, brick or plaster between. */
final class Wall implements Surface {
  private static final List<Integer> PLASTER =
      List.of(
          0xcdbfa4, 0xb98f6a, 0x9c5f48, 0x8b8f91, 0xd8d2c4, 0xa7a08f, 0x7d6a5a, 0xc7a98a, 0x8a4b3c,
          0xb7b9b5, 0x6f7a80, 0xd6c28f);
  private static final List<Integer> SHOPS =
      List.of(0x2f4f3a, 0x7b2a26, 0x23344f, 0x8a6a22, 0x3b3b3d, 0x5d3a58, 0x1f5a60);

  private final Light light;
  private final GroundLight shadows;
  private final Vec normal;
  private final boolean alongY;
  private final double begin;
  private final double height;
  private final boolean blind;
  private final boolean brick;
  private final boolean shop;
  private final float[] plaster;
  private final float[] trim;
  private final float[] sign;
  private final double module;
  private final double pane;
  private final double storey;
  private final double lit;
  private final int look;
  private final float[] lamp = Light.lampColour();
  private final float[] sky = new float[3];

  /**
   * @param alongY whether it runs along y; else along x
   * @param begin where it begins on that axis
   * @param length metres of it
   * @param blind whether it has no windows
   */
  Wall(
      Light light,
      GroundLight shadows,
      Vec normal,
      boolean alongY,
      double begin,
      double length,
      double height,
      boolean blind,
      long seed) {
    Dice dice = new Dice(seed);
    this.light = light;
    this.shadows = shadows;
    this.normal = normal;
    this.alongY = alongY;
    this.begin = begin;
    this.height = height;
    this.blind = blind;
    this.plaster = Colour.linear(dice.pick(PLASTER));
    this.brick = dice.chance(0.4);
    this.shop = dice.chance(0.55) && height > 6;
    this.trim = Colour.mixed(plaster, Colour.linear(0xdedad0), 0.6);
    this.sign = Colour.linear(dice.pick(SHOPS));
    this.pane = dice.between(0.36, 0.66);
    this.storey = dice.between(2.9, 3.4);
    this.lit = dice.between(0.15, 0.5);
    this.look = dice.below(1000);
    double wanted = dice.between(2.1, 3.4);
    this.module = length / Math.max(1, Math.floor(length / wanted));
  }

  @Override
  public void look(double[] p, double metres, float[] out) {
    double u = (alongY ? p[1] : p[0]) - begin;
    double v = p[2];
    boolean glass = colour(u, v, metres, out);
    float bright = glass ? 0.6f : 1;
    float faces = (float) Math.max(0, normal.dot(light.sun()));
    double off = 0.6 + v * 0.15;
    float sunny = faces > 0 ? shadows.sun(p[0] + normal.x() * off, p[1] + normal.y() * off) : 0;
    float open = (float) (0.55 + 0.12 * Math.min(v / 3, 1));
    float lamps =
        (float)
            (shadows.lamps(p[0] + normal.x() * 1.5, p[1] + normal.y() * 1.5)
                * Math.max(0.1, 0.9 - v / 9));
    for (int c = 0; c < 3; c++) {
      out[c] *=
          bright
              * (light.ambient()[c] * open + light.direct()[c] * faces * sunny + lamp[c] * lamps);
    }
    if (glass) {
      reflect(p, u, v, out);
    }
  }

  /** Fills in what the wall reflects; whether it is glass. */
  private boolean colour(double u, double v, double metres, float[] out) {
    double ground = shop ? 3.9 : 0.5;
    if (!blind && shop && v < ground) {
      return front(u, v, out);
    }
    double level = (v - ground) / storey;
    int floor = (int) Math.floor(level);
    double up = level - floor;
    double column = u / module;
    int window = (int) Math.floor(column);
    double in = column - window;
    double half = pane / 2;
    boolean whole = v - up * storey + storey < height + 0.3;
    if (!blind && whole && floor >= 0) {
      double fromMiddle = Math.abs(in - 0.5);
      if (fromMiddle < half && up > 0.27 && up < 0.80) {
        double cross = Math.min(Math.abs(in - 0.5) * module, Math.abs(up - 0.6) * storey);
        double rim =
            Math.min((half - fromMiddle) * module, Math.min(up - 0.27, 0.80 - up) * storey);
        if (rim < 0.09 || cross < 0.035) {
          set(out, trim, 1.1f);
          return false;
        }
        set(out, plaster, 0.05f);
        return true;
      }
      if (fromMiddle < half + 0.04 && up > 0.23 && up <= 0.27) {
        set(out, trim, 1.15f);
        return false;
      }
    }
    float stain = Noise.cloud(u * 2.3 + look, v * 2.3);
    float bright = 0.86f + 0.28f * stain;
    if (brick && metres < 45) {
      double course = v / 0.14;
      double stone = u / 0.42 + (((int) Math.floor(course)) & 1) * 0.5;
      double joint = Math.min(course - Math.floor(course), (stone - Math.floor(stone)) * 2.4);
      float near = (float) Math.max(0, 1 - metres / 45);
      float tint = Noise.cell((int) Math.floor(stone), (int) Math.floor(course)) - 0.5f;
      bright *= 1 + near * (0.35f * tint + (joint < 0.16 ? 0.12f : 0));
    }
    if (v > height - 0.45) {
      set(out, trim, 0.95f * bright);
    } else if (floor >= 0 && up < 0.05 && v > 1) {
      set(out, trim, 0.85f * bright);
    } else {
      set(out, plaster, (v < 0.5 ? 0.6f : 1) * bright);
    }
    return false;
  }

  private boolean front(double u, double v, float[] out) {
    double wide = module * 2;
    double in = u / wide - Math.floor(u / wide);
    if (v > 3.0) {
      boolean board = v > 3.12 && v < 3.72 && in > 0.04 && in < 0.96;
      set(out, board ? sign : trim, board ? 1.2f : 0.9f);
      return false;
    }
    if (v < 0.45 || in < 0.05 || in > 0.95 || v > 2.85) {
      set(out, trim, 0.75f);
      return false;
    }
    if (Math.abs(in - 0.72) < 0.012 || (in > 0.72 && v < 0.6)) {
      set(out, sign, 0.8f);
      return false;
    }
    set(out, plaster, 0.06f);
    return true;
  }

  private static void set(float[] out, float[] colour, float bright) {
    for (int c = 0; c < 3; c++) {
      out[c] = colour[c] * bright;
    }
  }

  /** What panes add: the sky, or somebody's lamp. */
  private void reflect(double[] p, double u, double v, float[] out) {
    int window = (int) Math.floor(u / module);
    int floor = (int) Math.floor(v / storey);
    float chance = Noise.cell(window + look, floor + (alongY ? 13 : 71));
    boolean shopWindow = shop && v < 3.9;
    if (light.lamps() > 0 && (chance < lit || (shopWindow && chance < 0.8f))) {
      float warm = (0.3f + 0.9f * chance) * (shopWindow ? 0.9f : 0.7f);
      float curtain = 0.65f + 0.5f * Noise.cloud(u * 7 + look, v * 7);
      out[0] += 0.85f * warm * curtain;
      out[1] += 0.62f * warm * curtain;
      out[2] += 0.34f * warm * curtain;
      return;
    }
    float up = (float) Math.min(1, v / 14 + 0.1);
    float streak = 0.5f + 0.9f * Noise.cloud(u * 3 + p[2] * 2 + look, v * 3 + window * 11);
    for (int c = 0; c < 3; c++) {
      sky[c] = light.horizon()[c] + (light.zenith()[c] - light.horizon()[c]) * up;
      out[c] += sky[c] * (0.08f + 0.34f * up) * streak;
    }
  }
}
