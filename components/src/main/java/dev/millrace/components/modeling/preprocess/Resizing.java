package dev.millrace.components.modeling.preprocess;

import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.components.image.Resizer;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Resizes each frame as a whole. */
abstract class Resizing implements Preprocessor {

  /** Height and width of a resized frame. */
  record Size(int height, int width) {}

  /** A resized frame may have this many pixels; one of 4K has 8.3 million. */
  static final long MOST_PIXELS = 1 << 23;

  /** A frame of four by three stays below {@link #MOST_PIXELS} with it. */
  public static final int LONGEST_SHORT_SIDE = 2400;

  private final Supplier<Resizer> resizers;

  /** They keep tables and rows; as many as threads were in here at once. */
  private final Queue<Resizer> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param minSize length of the short side in pixels
   * @throws IllegalArgumentException if it is not from 1 to {@link #LONGEST_SHORT_SIDE}
   */
  Resizing(Supplier<Resizer> resizers, int minSize) {
    if (minSize < 1 || minSize > LONGEST_SHORT_SIDE) {
      throw new IllegalArgumentException(
          "expected a length from 1 to " + LONGEST_SHORT_SIDE + " pixels, found " + minSize);
    }
    this.resizers = resizers;
  }

  /** The size of a frame of this size once resized. */
  abstract Size size(int height, int width);

  /**
   * @throws ImageRejectedException if the image would have more than {@link #MOST_PIXELS}: a frame
   *     a few pixels high and many wide is small itself, but not with its short side at the
   *     network's
   */
  @Override
  public final InputImage preprocess(Frame frame) {
    Size size = size(frame.height(), frame.width());
    if ((long) size.height() * size.width() > MOST_PIXELS) {
      throw new ImageRejectedException(
          ImageRejectedException.TOO_MANY_PIXELS,
          "the frame of %d x %d would be resized to %d x %d for the network, allowed are %d pixels"
              .formatted(frame.width(), frame.height(), size.width(), size.height(), MOST_PIXELS));
    }
    Resizer free = idle.poll();
    Resizer resizer = free == null ? resizers.get() : free;
    byte[] pixels = resizer.resize(frame, size.width(), size.height());
    idle.add(resizer);
    return new InputImage(size.height(), size.width(), pixels, frame.height(), frame.width());
  }
}
