package dev.millrace.pipeline.cli;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.List;
import java.util.Locale;

/** Draws what was found into a picture. Needs no display. */
final class BoxPainter {

  private boolean fonts = true;

  /** A copy of the frame with boxes and labels. */
  BufferedImage paint(Frame frame, List<DetectedObject> objects) {
    BufferedImage picture =
        new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] pixels = pixels(picture);
    System.arraycopy(frame.bgr(), 0, pixels, 0, pixels.length);
    Graphics2D pen = picture.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      float line = Math.max(2f, Math.min(frame.width(), frame.height()) / 300f);
      pen.setStroke(new BasicStroke(line));
      for (DetectedObject object : objects) {
        pen.setColor(color(object.classId()));
        box(pen, object.box());
        label(pen, object, Math.round(7 * line));
      }
    } finally {
      pen.dispose();
    }
    return picture;
  }

  /** The pixels of a picture that {@link #paint} made: height x width x 3, blue first. */
  static byte[] pixels(BufferedImage picture) {
    return ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
  }

  private static void box(Graphics2D pen, List<Float> box) {
    int x = Math.round(box.get(0));
    int y = Math.round(box.get(1));
    pen.drawRect(x, y, Math.round(box.get(2)) - x, Math.round(box.get(3)) - y);
  }

  private void label(Graphics2D pen, DetectedObject object, int size) {
    if (!fonts) {
      return;
    }
    try {
      String text = String.format(Locale.ROOT, "%s %.2f", object.label(), object.score());
      pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, size));
      int width = pen.getFontMetrics().stringWidth(text) + 4;
      int height = pen.getFontMetrics().getHeight();
      int x = Math.max(0, Math.round(object.box().get(0)));
      int y = Math.max(0, Math.round(object.box().get(1)) - height);
      pen.fillRect(x, y, width, height);
      pen.setColor(Color.BLACK);
      pen.drawString(text, x + 2, y + pen.getFontMetrics().getAscent());
    } catch (Error | RuntimeException e) {
      fonts = false; // a container without fonts: boxes without labels are better than none
    }
  }

  /** As different as the golden angle makes them. */
  private static Color color(int classId) {
    return Color.getHSBColor((0.12f + classId * 0.618034f) % 1f, 0.85f, 1f);
  }
}
