package dev.millrace.connectors.street;

/** Light that lies over a picture: around lamps, and rain in it. */
final class Glow {
  private Glow() {}

  /** Adds to each channel, up to white. */
  static int add(int rgb, int red, int green, int blue) {
    return Math.min(255, (rgb >> 16) + red) << 16
        | Math.min(255, (rgb >> 8 & 255) + green) << 8
        | Math.min(255, (rgb & 255) + blue);
  }

  /**
   * A round glow that fades outward.
   *
   * @param pixels {@code 0xrrggbb}, rows of {@code width}
   */
  static void round(
      int[] pixels, int width, double u, double v, double radius, int red, int green, int blue) {
    int height = pixels.length / width;
    int top = (int) Math.max(0, Math.floor(v - radius));
    int bottom = (int) Math.min(height - 1, Math.ceil(v + radius));
    int left = (int) Math.max(0, Math.floor(u - radius));
    int right = (int) Math.min(width - 1, Math.ceil(u + radius));
    for (int y = top; y <= bottom; y++) {
      double dv = (y + 0.5 - v) / radius;
      for (int x = left; x <= right; x++) {
        double du = (x + 0.5 - u) / radius;
        double in = 1 - du * du - dv * dv;
        if (in > 0) {
          int share = (int) (256 * in * in * in);
          int at = y * width + x;
          pixels[at] = add(pixels[at], red * share >> 8, green * share >> 8, blue * share >> 8);
        }
      }
    }
  }

  /**
   * Streaks of rain, others at every moment.
   *
   * @param moment what they depend on
   * @param bright how much a streak adds at most, 0 to 255
   */
  static void rain(int[] pixels, int width, long moment, int bright) {
    int height = pixels.length / width;
    Dice dice = new Dice(moment, 0x7261696eL);
    int streaks = pixels.length / 800;
    double slant = -0.16;
    for (int i = 0; i < streaks; i++) {
      double near = dice.unit();
      double x = dice.between(0, width);
      int y = dice.below(height);
      int length = (int) (height * (0.018 + 0.05 * near * near));
      int add = (int) (bright * (0.25 + 0.75 * near * near));
      for (int step = 0; step < length && y + step < height; step++) {
        int column = (int) Math.floor(x + slant * step);
        if (column >= 0 && column < width) {
          int at = (y + step) * width + column;
          pixels[at] = add(pixels[at], add, add, add + add / 12);
        }
      }
    }
  }
}
