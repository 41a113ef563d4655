package dev.millrace.components.checkpoint;

/** IEEE 754 half precision, which Java has from 20 on only. */
final class Half {

  private Half() {}

  /** The float of the same value; infinities, NaNs and subnormals included. */
  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int biased = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | biased << 23 | fraction << 13);
  }
}
