package dev.millrace.connectors.street;

/** Linear light to eight bits: an exposure, a soft shoulder, sRGB. */
final class Tone {
  private static final int STEPS = 8192;
  private static final float BRIGHTEST = 8;
  private static final float SCALE = STEPS / BRIGHTEST;
  private static final byte[] CURVE = new byte[STEPS + 1];

  static {
    for (int i = 0; i <= STEPS; i++) {
      double shoulder = 1 - StrictMath.exp(-1.25 * i / SCALE);
      CURVE[i] = (byte) StrictMath.round(255 * Colour.encoded(shoulder));
    }
  }

  private Tone() {}

  /** {@code 0xrrggbb} of three channels of exposed light. */
  static int rgb(float red, float green, float blue) {
    return channel(red) << 16 | channel(green) << 8 | channel(blue);
  }

  static int channel(float light) {
    return CURVE[(int) (Math.min(Math.max(light, 0), BRIGHTEST) * SCALE)] & 255;
  }
}
