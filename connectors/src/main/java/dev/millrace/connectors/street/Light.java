package dev.millrace.connectors.street;

/**
 * How a scene is lit. Colours are linear light after exposure; 1 is what a white sheet in full
 * daylight would send back.
 *
 * @param sun unit vector towards it, or towards the moon
 * @param direct what it gives to a face that looks at it
 * @param ambient what the whole sky gives to a level face
 * @param horizon the sky's colour low, which is also the haze's
 * @param zenith the sky's colour high
 * @param clouds 0: none, 1: no sky between them
 * @param haze share of light that a metre of air takes
 * @param wet 0: dry, 1: as wet as roads become
 * @param lamps brightness of street lamps, 0 by day
 * @param headlights whether vehicles have them on
 */
record Light(
    Vec sun,
    float[] direct,
    float[] ambient,
    float[] horizon,
    float[] zenith,
    double clouds,
    double haze,
    double wet,
    double lamps,
    boolean headlights) {

  private static final float[] LAMP = {1.0f, 0.74f, 0.42f};

  static Light of(Weather weather, Daylight daylight, Dice dice) {
    double azimuth = dice.between(0, 2 * Math.PI);
    Light clear =
        switch (daylight) {
          case DAY -> day(sun(azimuth, dice.between(0.5, 1.05)), dice);
          case DUSK -> dusk(sun(azimuth, dice.between(0.10, 0.22)), dice);
          case NIGHT -> night(sun(azimuth, 0.9), dice);
        };
    return clear.under(weather, dice);
  }

  private static Vec sun(double azimuth, double elevation) {
    double level = StrictMath.cos(elevation);
    return new Vec(
        level * StrictMath.cos(azimuth),
        level * StrictMath.sin(azimuth),
        StrictMath.sin(elevation));
  }

  private static Light day(Vec sun, Dice dice) {
    double gain = dice.between(0.85, 1.15);
    return new Light(
        sun,
        rgb(1.75 * gain, 1.62 * gain, 1.42 * gain),
        rgb(0.42 * gain, 0.50 * gain, 0.63 * gain),
        rgb(0.80, 0.90, 1.0),
        rgb(0.20, 0.42, 0.85),
        dice.between(0.1, 0.55),
        0.0012,
        0,
        0,
        false);
  }

  private static Light dusk(Vec sun, Dice dice) {
    double red = dice.between(0.8, 1.2);
    return new Light(
        sun,
        rgb(0.75, 0.40 / red, 0.20 / red),
        rgb(0.21, 0.20, 0.27),
        rgb(0.95 * red, 0.52, 0.34),
        rgb(0.14, 0.17, 0.36),
        dice.between(0.2, 0.6),
        0.0016,
        0,
        0.55,
        true);
  }

  private static Light night(Vec moon, Dice dice) {
    double glow = dice.between(0.8, 1.4);
    return new Light(
        moon,
        rgb(0.012, 0.014, 0.02),
        rgb(0.052 * glow, 0.056 * glow, 0.078 * glow),
        rgb(0.085 * glow, 0.074 * glow, 0.082 * glow),
        rgb(0.010, 0.013, 0.032),
        dice.between(0.1, 0.6),
        0.0012,
        0,
        1,
        true);
  }

  private Light under(Weather weather, Dice dice) {
    float grey = (float) Colour.luma(ambient);
    return switch (weather) {
      case CLEAR -> this;
      case OVERCAST -> covered(0.10, grey * 1.75f, dice.between(0.0012, 0.0022), 0, headlights);
      case RAIN ->
          covered(0.02, grey * 1.25f, dice.between(0.0028, 0.0048), dice.between(0.6, 1), true);
      case FOG -> covered(0.02, grey * 1.6f, dice.between(0.012, 0.022), 0.25, true);
    };
  }

  private Light covered(double left, float level, double thick, double water, boolean on) {
    float[] sky =
        Colour.mixed(horizon, Colour.scaled(rgb(0.94, 1, 1.06), Colour.luma(horizon)), 0.8);
    float[] high = Colour.mixed(sky, Colour.scaled(sky, 0.72), 1);
    return new Light(
        sun,
        Colour.scaled(direct, left),
        Colour.scaled(
            Colour.mixed(Colour.scaled(ambient, 1 / Colour.luma(ambient)), rgb(1, 1, 1), 0.6),
            level),
        Colour.scaled(sky, 0.92),
        high,
        1,
        thick,
        water,
        lamps,
        on);
  }

  private static float[] rgb(double red, double green, double blue) {
    return new float[] {(float) red, (float) green, (float) blue};
  }

  static float[] lampColour() {
    return LAMP.clone();
  }

  /** How much of a thing's own light comes through the air over so many metres. */
  float clear(double metres) {
    double x = haze * metres;
    // exp(-x) as a rational function: within a hundredth, and the same on every machine.
    return (float) (1 / (1 + x * (1 + x * (0.5 + x * 0.18))));
  }

  /**
   * How much darker a level face is where the sun does not reach it, as eight-bit values differ.
   */
  double shade() {
    double sky = Colour.luma(ambient);
    double sunny = sky + Colour.luma(direct) * sun.z();
    return StrictMath.pow(sky / sunny, 0.5);
  }
}
