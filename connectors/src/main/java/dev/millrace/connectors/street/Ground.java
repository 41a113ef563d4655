package dev.millrace.connectors.street;

/** Asphalt with its markings, pavements, grass. */
final class Ground implements Surface {
  private static final float[] GRASS = Colour.linear(0x4f6b32);
  private static final float[] STONE = Colour.linear(0x9c9a94);
  private static final float[] YARD = Colour.linear(0x85827a);
  private static final float[] CYCLEWAY = Colour.linear(0x7e4a41);

  private final Street street;
  private final Light light;
  private final GroundLight shadows;
  private final Vec eye;
  private final boolean red;
  private final float grey;
  private final float age;
  private final float paint;
  private final int shift;
  private final float[] lamp = Light.lampColour();

  Ground(Street street, Light light, GroundLight shadows, Vec eye, Dice dice) {
    this.street = street;
    this.light = light;
    this.shadows = shadows;
    this.eye = eye;
    this.red = dice.chance(0.4);
    this.grey = (float) dice.between(0.055, 0.12);
    this.age = (float) dice.between(0.4, 1.2);
    this.paint = (float) dice.between(0.42, 0.68);
    this.shift = dice.below(400);
  }

  @Override
  public void look(double[] point, double metres, float[] out) {
    double x = point[0];
    double y = point[1];
    double ax = Math.abs(x);
    double ay = Math.abs(y);
    boolean road = ax < street.half() || ay < street.crossing();
    if (road) {
      asphalt(x, y, ax, ay, metres, out);
    } else {
      pavement(x, y, ax, ay, metres, out);
    }
    shine(x, y, point[2], metres, road, out);
  }

  /** From what it reflects to what it sends. */
  private void shine(double x, double y, double z, double metres, boolean road, float[] out) {
    float sunny = shadows.sun(x, y);
    float lamps = shadows.lamps(x, y);
    float[] ambient = light.ambient();
    float[] direct = light.direct();
    float slant = (float) light.sun().z();
    float wet = (float) light.wet();
    float mirror = 0;
    if (wet > 0) {
      double down = (eye.z() - z) / metres;
      double graze = 1 - down;
      double fresnel = 0.03 + 0.6 * graze * graze * graze * graze;
      float pool = road ? Noise.cloud(x * 4 + shift, y * 4) : 0.3f;
      float film = Math.min(1, Math.max(0.25f, (pool - 0.35f) * 4));
      mirror = (float) fresnel * film * wet;
    }
    for (int c = 0; c < 3; c++) {
      float falls = ambient[c] + direct[c] * slant * sunny + lamp[c] * lamps;
      float sky = 0.7f * light.horizon()[c] + 0.3f * light.zenith()[c];
      float glare = 0.55f * sky + 1.6f * lamp[c] * lamps;
      out[c] = out[c] * (1 - 0.42f * wet) * falls + mirror * glare;
    }
  }

  private void asphalt(double x, double y, double ax, double ay, double metres, float[] out) {
    boolean other = ax >= street.half();
    double across = other ? ay : ax;
    double along = other ? x : y;
    float grain =
        near(metres, 18) * (Noise.cell((int) Math.floor(x * 22), (int) Math.floor(y * 22)) - 0.5f);
    float stain = Noise.cloud(x * 3.1 + shift, y * 1.1) - 0.5f;
    double inLane = across % Street.LANE - Street.LANE / 2;
    double wheel = Math.abs(Math.abs(inLane) - 0.8);
    float worn = wheel < 0.35 ? 0.08f * age : 0;
    float oil = Math.abs(inLane) < 0.3 ? -0.07f * age : 0;
    float base = grey * (1 + 0.35f * grain + 0.45f * age * stain + worn + oil);
    float patch =
        Noise.cell(
            (int) Math.floor(along / 7.3) + shift,
            (int) Math.floor(across / 2.1 + 40 * Math.signum(x)),
            3);
    if (patch > 0.93f) {
      base *= 0.8f;
    }
    out[0] = base;
    out[1] = base * 1.0f;
    out[2] = base * 1.04f;
    cycleway(across, ax, ay, base, out);
    float white =
        other
            ? markings(across, along, street.half(), y, x)
            : markings(across, along, street.crossing(), x, y);
    if (ax < street.half() && ay < street.crossing()) {
      white = 0;
    }
    if (white > 0) {
      float flaking = Noise.cloud(x * 9 + 7, y * 9) > 0.22f * age ? 1 : 0.55f;
      float share = white * flaking;
      for (int c = 0; c < 3; c++) {
        out[c] += (paint - out[c]) * share;
      }
    } else if (street.crosses() ? false : manhole(x, y)) {
      out[0] = out[1] = out[2] = 0.05f;
    }
  }

  private void cycleway(double across, double ax, double ay, float base, float[] out) {
    double from = Street.LANE * street.lanes();
    boolean middle = ax < street.half() && ay < street.crossing();
    if (red && street.bikes() > 0 && across > from && across < from + street.bikes() && !middle) {
      float bright = base / grey;
      for (int c = 0; c < 3; c++) {
        out[c] = 0.75f * CYCLEWAY[c] * bright;
      }
    }
  }

  /**
   * How white the road is painted.
   *
   * @param across metres from its middle
   * @param along metres on its way
   * @param other half the width of the road that crosses; 0: none does
   * @param side sign: on which side of the middle
   * @param way sign: before or behind the crossing
   */
  private float markings(double across, double along, double other, double side, double way) {
    double bound = Math.abs(along);
    if (other > 0) {
      double fromCrossing = bound - other;
      if (fromCrossing < 1.1) {
        return 0;
      }
      if (fromCrossing < 4.1) {
        double stripe = across / 0.55;
        return stripe - Math.floor(stripe / 2) * 2 < 1 && across < street.half() ? 1 : 0;
      }
      if (fromCrossing < 5.0) {
        return 0;
      }
      // Who comes keeps to the right: only on their side is the line where they stop.
      if (fromCrossing < 5.35) {
        boolean coming = (other == street.crossing() ? side * way : -side * way) < 0;
        return coming ? 1 : 0;
      }
      if (fromCrossing < 16 && across < 0.08) {
        return 1;
      }
    }
    if (across < 0.08 && street.lanes() == 1) {
      return dashed(along, 3, 6);
    }
    if (street.lanes() > 1 && across > 0.06 && across < 0.18) {
      return 1;
    }
    for (int lane = 1; lane < street.lanes(); lane++) {
      if (Math.abs(across - lane * Street.LANE) < 0.07) {
        return dashed(along, 3, 9);
      }
    }
    double edge = Street.LANE * street.lanes();
    if (street.bikes() > 0 && Math.abs(across - edge) < 0.07) {
      return 1;
    }
    double parking = edge + street.bikes();
    if (street.parking() > 0) {
      if (Math.abs(across - parking) < 0.06) {
        return 1;
      }
      if (across > parking && dashed(along + 1, 0.12, 5.6) > 0) {
        return 1;
      }
    }
    return 0;
  }

  private static float dashed(double along, double length, double period) {
    return along - Math.floor(along / period) * period < length ? 1 : 0;
  }

  private boolean manhole(double x, double y) {
    double block = Math.floor(y / 19);
    double in = y - block * 19 - 9;
    double middle = (Noise.cell((int) block + shift, 9) - 0.5) * street.half();
    double d = (x - middle) * (x - middle) + in * in;
    return d < 0.12;
  }

  private void pavement(double x, double y, double ax, double ay, double metres, float[] out) {
    double fromKerb =
        street.crosses()
            ? Math.min(ax - street.half(), ay - street.crossing())
            : ax - street.half();
    float cloud = Noise.cloud(x * 5 + shift, y * 5);
    if (onGrass(x, y)) {
      float blades = Noise.cell((int) Math.floor(x * 14), (int) Math.floor(y * 14));
      float bright = 0.6f + 0.5f * cloud + near(metres, 30) * 0.5f * (blades - 0.5f);
      for (int c = 0; c < 3; c++) {
        out[c] = GRASS[c] * bright;
      }
      return;
    }
    boolean paved = fromKerb < street.pavement();
    float[] stone = paved ? STONE : YARD;
    float bright = 0.82f + 0.3f * cloud;
    if (fromKerb < 0.22) {
      bright *= 1.18f;
    } else if (paved) {
      double u = x / 0.6;
      double v = y / 0.6 + (((int) Math.floor(u)) & 1) * 0.5;
      double joint = Math.min(u - Math.floor(u), v - Math.floor(v));
      float tile = Noise.cell((int) Math.floor(u), (int) Math.floor(v)) - 0.5f;
      bright *= 1 + near(metres, 26) * (0.16f * tile - (joint < 0.06 ? 0.22f : 0));
    }
    if (paved && street.pavement() - fromKerb < 0.5) {
      bright *= 0.86f;
    }
    for (int c = 0; c < 3; c++) {
      out[c] = stone[c] * bright;
    }
  }

  private boolean onGrass(double x, double y) {
    for (Street.Lot lot : street.lawns()) {
      if (lot.has(x, y)) {
        return true;
      }
    }
    return false;
  }

  /** 1 nearby, 0 where detail would only flicker. */
  private static float near(double metres, double until) {
    return (float) Math.max(0, 1 - metres / until);
  }
}
