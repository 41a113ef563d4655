package dev.millrace.connectors.video;

import java.awt.Color;

/** One colour for each class, so that they can be told apart. */
final class Colours {

  private Colours() {}

  /** Hues a golden angle apart: neighbouring classes look different. */
  static Color of(int key) {
    return of(key, 0.78f, 0.97f);
  }

  /** Stuff is duller than things, and has other hues. */
  static Color ofStuff(int key) {
    return of(7 + 3 * key, 0.45f, 0.80f);
  }

  private static Color of(int key, float saturation, float brightness) {
    float hue = (float) ((0.53 + key * 0.61803398875) % 1.0);
    return Color.getHSBColor(hue < 0 ? hue + 1 : hue, saturation, brightness);
  }

  /** That can be read on another. */
  static Color textOn(Color c) {
    boolean light = 0.299 * c.getRed() + 0.587 * c.getGreen() + 0.114 * c.getBlue() > 140;
    return light ? new Color(16, 18, 24) : Color.WHITE;
  }
}
