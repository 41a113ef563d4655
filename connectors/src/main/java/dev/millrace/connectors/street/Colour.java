package dev.millrace.connectors.street;

/** Colours: linear light while a picture is computed, sRGB where it leaves. */
final class Colour {
  /** Luminance coefficients of BT.709, whose primaries sRGB has. */
  private static final double[] LUMA = {0.2126, 0.7152, 0.0722};

  private static final float[] LINEAR = new float[256];

  static {
    for (int i = 0; i < 256; i++) {
      double s = i / 255.0;
      // IEC 61966-2-1
      LINEAR[i] = (float) (s <= 0.04045 ? s / 12.92 : StrictMath.pow((s + 0.055) / 1.055, 2.4));
    }
  }

  private Colour() {}

  /** Three channels of linear light, red first, from {@code 0xrrggbb}. */
  static float[] linear(int rgb) {
    return new float[] {LINEAR[rgb >> 16 & 255], LINEAR[rgb >> 8 & 255], LINEAR[rgb & 255]};
  }

  static float[] scaled(float[] colour, double by) {
    return new float[] {
      (float) (colour[0] * by), (float) (colour[1] * by), (float) (colour[2] * by)
    };
  }

  /** {@code share} 0: the first, 1: the second. */
  static float[] mixed(float[] first, float[] second, double share) {
    float[] mixed = new float[3];
    for (int c = 0; c < 3; c++) {
      mixed[c] = (float) (first[c] + (second[c] - first[c]) * share);
    }
    return mixed;
  }

  static double luma(float[] colour) {
    return LUMA[0] * colour[0] + LUMA[1] * colour[1] + LUMA[2] * colour[2];
  }

  /** Of sRGB's encoding, from linear light 0 to 1. */
  static double encoded(double linear) {
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
  }
}
