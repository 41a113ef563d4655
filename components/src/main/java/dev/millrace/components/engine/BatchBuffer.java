package dev.millrace.components.engine;

import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.InputImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Direct memory in which images become a batch, again and again. Confined to one thread. */
final class BatchBuffer {

  private ByteBuffer pixels = ByteBuffer.allocateDirect(0);

  /**
   * Stacks images, padded to the largest with zeros at the right and the bottom.
   *
   * @param images at least one
   * @param divisor the batch's height and width are multiples of it
   * @return valid until the next call
   */
  ImageBatch fill(List<InputImage> images, int divisor) {
    int n = images.size();
    int[] sizes = new int[2 * n];
    int[] sourceSizes = new int[2 * n];
    int height = 0;
    int width = 0;
    for (int i = 0; i < n; i++) {
      InputImage image = images.get(i);
      sizes[2 * i] = image.height();
      sizes[2 * i + 1] = image.width();
      sourceSizes[2 * i] = image.sourceHeight();
      sourceSizes[2 * i + 1] = image.sourceWidth();
      height = Math.max(height, image.height());
      width = Math.max(width, image.width());
    }
    height = up(height, divisor);
    width = up(width, divisor);
    ByteBuffer out = room(Math.multiplyExact(3 * n, Math.multiplyExact(height, width)));
    for (InputImage image : images) {
      put(image, height, width, out);
    }
    return new ImageBatch(n, height, width, out.flip(), sizes, sourceSizes);
  }

  private static void put(InputImage image, int height, int width, ByteBuffer out) {
    if (image.height() == height && image.width() == width) {
      out.put(image.pixels());
      return;
    }
    byte[] zeros = new byte[width];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        if (y < image.height()) {
          out.put(image.pixels(), (c * image.height() + y) * image.width(), image.width());
          out.put(zeros, 0, width - image.width());
        } else {
          out.put(zeros);
        }
      }
    }
  }

  private static int up(int size, int divisor) {
    return (size + divisor - 1) / divisor * divisor;
  }

  private ByteBuffer room(int bytes) {
    if (pixels.capacity() < bytes) {
      pixels = ByteBuffer.allocateDirect(bytes);
    }
    return pixels.duplicate().order(ByteOrder.nativeOrder()).clear();
  }
}
