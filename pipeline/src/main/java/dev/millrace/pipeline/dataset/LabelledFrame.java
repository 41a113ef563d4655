package dev.millrace.pipeline.dataset;

import dev.millrace.components.image.Frame;
import java.util.List;

/**
 * A picture and what is in it.
 *
 * @param boxes in its pixels; crowds need not be found
 */
public record LabelledFrame(Frame frame, List<TrueBox> boxes) {
  public LabelledFrame {
    boxes = List.copyOf(boxes);
  }
}
