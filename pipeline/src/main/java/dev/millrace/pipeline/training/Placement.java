package dev.millrace.pipeline.training;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.supervision.Bitmask;
import dev.millrace.components.supervision.Polygons;
import dev.millrace.connectors.format.RunLengths;
import dev.millrace.pipeline.config.InputConfig.Flip;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.BitSet;
import java.util.List;

/**
 * Where the places of a picture lie on what the network is shown of it: resized, then mirrored.
 * Detectron2's {@code transform_instance_annotations}.
 */
final class Placement {

  /** COCO's files number a keypoint's pixel; in the middle of the pixel is its place. */
  private static final double MIDDLE = 0.5;

  private final Frame from;
  private final InputImage to;
  private final boolean mirrored;
  private final boolean turned;

  /**
   * @param flip what was done to the image after it was resized
   */
  Placement(Frame from, InputImage to, Flip flip) {
    this.from = from;
    this.to = to;
    this.mirrored = flip == Flip.HORIZONTAL;
    this.turned = flip == Flip.VERTICAL;
  }

  private double x(double x) {
    double across = (double) to.width() / from.width();
    return mirrored ? to.width() - x * across : x * across;
  }

  private double y(double y) {
    double down = (double) to.height() / from.height();
    return turned ? to.height() - y * down : y * down;
  }

  /** x1, y1, x2, y2 of what of it lies in the picture; empty if nothing does. */
  float[] box(TrueBox box) {
    double x1 = x(Math.min(Math.max(box.x1(), 0), from.width()));
    double x2 = x(Math.min(Math.max(box.x2(), 0), from.width()));
    double y1 = y(Math.min(Math.max(box.y1(), 0), from.height()));
    double y2 = y(Math.min(Math.max(box.y2(), 0), from.height()));
    return new float[] {
      (float) Math.min(x1, x2),
      (float) Math.min(y1, y2),
      (float) Math.max(x1, x2),
      (float) Math.max(y1, y2)
    };
  }

  /** Not clipped: what of them lies outside is cut off with the regions that are pooled. */
  Polygons polygons(Outline.Polygons outline) {
    List<double[]> parts = outline.corners();
    for (double[] part : parts) {
      for (int i = 0; i < part.length; i += 2) {
        part[i] = x(part[i]);
        part[i + 1] = y(part[i + 1]);
      }
    }
    return new Polygons(parts);
  }

  /** Each pixel is that of the picture that is nearest. */
  Bitmask pixels(RunLengths runs) {
    int[] columns = starts(from.width(), to.width());
    int[] rows = starts(from.height(), to.height());
    BitSet pixels = new BitSet(to.width() * to.height());
    runs.strips(
        (x, top, bottom) -> {
          int first = turned ? to.height() - rows[bottom] : rows[top];
          int end = turned ? to.height() - rows[top] : rows[bottom];
          for (int i = columns[x]; i < columns[x + 1]; i++) {
            int column = (mirrored ? to.width() - 1 - i : i) * to.height();
            pixels.set(column + first, column + end);
          }
        });
    return new Bitmask(to.height(), to.width(), pixels);
  }

  /** Where the pixels begin that a pixel becomes when a line of them is resized. */
  private static int[] starts(int from, int to) {
    int[] starts = new int[from + 1];
    int at = 0;
    for (int pixel = 0; pixel <= from; pixel++) {
      while (at < to && (int) ((at + 0.5) * from / to) < pixel) {
        at++;
      }
      starts[pixel] = at;
    }
    return starts;
  }

  /**
   * x, y and visibility of each; zeros where one is not labelled or outside of the picture.
   *
   * @param keypoints as many as the order has, or none
   */
  float[] keypoints(List<TrueKeypoint> keypoints, KeypointOrder order) {
    float[] numbers = new float[3 * order.size()];
    for (int i = 0; i < order.size() && !keypoints.isEmpty(); i++) {
      TrueKeypoint keypoint = keypoints.get(mirrored ? order.mirrored(i) : i);
      double x = x(keypoint.x() + MIDDLE);
      double y = y(keypoint.y() + MIDDLE);
      if (keypoint.labelled() && x >= 0 && y >= 0 && x <= to.width() && y <= to.height()) {
        numbers[3 * i] = (float) x;
        numbers[3 * i + 1] = (float) y;
        numbers[3 * i + 2] = 2; // visible, as COCO says it
      }
    }
    return numbers;
  }
}
