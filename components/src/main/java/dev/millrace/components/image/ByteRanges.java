package dev.millrace.components.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Inflater;

/** The parts of a byte array that are worth decoding, in order. */
final class ByteRanges {
  private final byte[] bytes;
  private int[] bounds = new int[32];
  private int count;
  private int total;

  ByteRanges(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Appends bytes {@code from} to {@code to}, the latter excluded. */
  void add(int from, int to) {
    total += to - from;
    if (count > 0 && bounds[count - 1] == from) {
      bounds[count - 1] = to;
      return;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * count);
    }
    bounds[count++] = from;
    bounds[count++] = to;
  }

  int total() {
    return total;
  }

  int count() {
    return count / 2;
  }

  /** Lets the inflater read range {@code i} where it lies. */
  void feed(int i, Inflater inflater) {
    inflater.setInput(bytes, bounds[2 * i], bounds[2 * i + 1] - bounds[2 * i]);
  }

  void copyTo(ByteBuffer target) {
    for (int i = 0; i < count; i += 2) {
      target.put(bytes, bounds[i], bounds[i + 1] - bounds[i]);
    }
  }
}
