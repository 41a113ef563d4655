package dev.millrace.components.modeling.preprocess;

import dev.millrace.components.image.Frame;
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

  private final Supplier<Resizer> resizers;

  /** They keep tables and rows; as many as threads were in here at once. */
  private final Queue<Resizer> idle = new ConcurrentLinkedQueue<>();

  Resizing(Supplier<Resizer> resizers) {
    this.resizers = resizers;
  }

  /** The size of a frame of this size once resized. */
  abstract Size size(int height, int width);

  @Override
  public final InputImage preprocess(Frame frame) {
    Size size = size(frame.height(), frame.width());
    Resizer free = idle.poll();
    Resizer resizer = free == null ? resizers.get() : free;
    byte[] pixels = resizer.resize(frame, size.width(), size.height());
    idle.add(resizer);
    return new InputImage(size.height(), size.width(), pixels, frame.height(), frame.width());
  }
}
