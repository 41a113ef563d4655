package dev.millrace.components.modeling.preprocess;

import dev.millrace.components.image.Frame;
import dev.millrace.components.image.Resizer;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Resizes each frame into one batch, padded with zeros at the right and the bottom. */
abstract class Resizing implements Preprocessor {

  /** Height and width of a resized frame. */
  record Size(int height, int width) {}

  private final Resizer resizer;
  private ByteBuffer pixels = ByteBuffer.allocateDirect(0);

  Resizing(Resizer resizer) {
    this.resizer = resizer;
  }

  /** The size of a frame of this size before padding. */
  abstract Size size(int height, int width);

  @Override
  public final ImageBatch preprocess(List<Frame> frames, int sizeDivisibility) {
    int n = frames.size();
    int[] sizes = new int[2 * n];
    int[] sourceSizes = new int[2 * n];
    int height = 0;
    int width = 0;
    for (int i = 0; i < n; i++) {
      Frame frame = frames.get(i);
      Size size = size(frame.height(), frame.width());
      sourceSizes[2 * i] = frame.height();
      sourceSizes[2 * i + 1] = frame.width();
      sizes[2 * i] = size.height();
      sizes[2 * i + 1] = size.width();
      height = Math.max(height, size.height());
      width = Math.max(width, size.width());
    }
    height = up(height, sizeDivisibility);
    width = up(width, sizeDivisibility);
    int plane = Math.multiplyExact(height, width);
    ByteBuffer out = room(Math.multiplyExact(3 * n, plane));
    for (int i = 0; i < n; i++) {
      if (sizes[2 * i] != height || sizes[2 * i + 1] != width) {
        clear(out, i * 3 * plane, 3 * plane);
      }
      resizer.resize(
          frames.get(i), sizes[2 * i + 1], sizes[2 * i], out, i * 3 * plane, width, plane);
    }
    return new ImageBatch(n, height, width, out, sizes, sourceSizes);
  }

  private static int up(int size, int divisor) {
    return (size + divisor - 1) / divisor * divisor;
  }

  private ByteBuffer room(int bytes) {
    if (pixels.capacity() < bytes) {
      pixels = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    return pixels.duplicate().order(ByteOrder.nativeOrder()).position(0).limit(bytes);
  }

  private static void clear(ByteBuffer out, int from, int bytes) {
    for (int i = from; i < from + bytes; i++) {
      out.put(i, (byte) 0);
    }
  }
}
