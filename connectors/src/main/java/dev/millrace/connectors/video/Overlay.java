package dev.millrace.connectors.video;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Draws what was found into a picture: a box in its class's colour, and above it a plate with label
 * and score. Thread-safe.
 */
public final class Overlay {

  /**
   * One box.
   *
   * @param x1 left edge in pixels
   * @param y1 top edge in pixels
   * @param x2 right edge in pixels
   * @param y2 bottom edge in pixels
   * @param text what the plate says, such as {@code person 98%}; none if empty
   * @param colourKey equal keys (a class, a track) have equal colours
   * @param score boxes with higher scores are drawn above others
   */
  public record Box(
      float x1, float y1, float x2, float y2, String text, int colourKey, double score) {

    /** A box with its label and its score in percent. */
    public static Box of(
        float x1, float y1, float x2, float y2, String label, int classId, double score) {
      String text = String.format(Locale.ROOT, "%s %.0f%%", label, 100 * score);
      return new Box(x1, y1, x2, y2, text, classId, score);
    }
  }

  /** The picture with boxes; the one given stays as it is. */
  public Picture draw(Picture picture, List<Box> boxes) {
    BufferedImage image = image(picture);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      float unit = Math.max(1f, Math.min(image.getWidth(), image.getHeight()) / 360f);
      g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(9, Math.round(8.5f * unit))));
      List<Box> order = boxes.stream().sorted(Comparator.comparingDouble(Box::score)).toList();
      for (Box box : order) {
        outline(g, box, unit);
      }
      for (Box box : order) {
        plate(g, box, unit, image.getWidth(), image.getHeight());
      }
    } finally {
      g.dispose();
    }
    return new Picture(
        picture.width(),
        picture.height(),
        ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
  }

  /** Writes a PNG; overwrites. */
  public static void writePng(Picture picture, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ImageIO.write(image(picture), "png", out);
    }
  }

  private static BufferedImage image(Picture picture) {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    System.arraycopy(picture.bgr(), 0, pixels, 0, pixels.length);
    return image;
  }

  private static void outline(Graphics2D g, Box box, float unit) {
    Rectangle2D shape =
        new Rectangle2D.Float(box.x1(), box.y1(), box.x2() - box.x1(), box.y2() - box.y1());
    Color colour = colour(box.colourKey());
    g.setComposite(AlphaComposite.SrcOver.derive(0.10f));
    g.setColor(colour);
    g.fill(shape);
    g.setComposite(AlphaComposite.SrcOver.derive(0.45f));
    g.setColor(Color.BLACK);
    g.setStroke(new BasicStroke(2.6f * unit, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
    g.setComposite(AlphaComposite.SrcOver);
    g.setColor(colour);
    g.setStroke(new BasicStroke(1.5f * unit, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
  }

  /** Above the box, inside it where there is no room above, and never out of the picture. */
  private static void plate(Graphics2D g, Box box, float unit, int width, int height) {
    if (box.text().isEmpty()) {
      return;
    }
    FontMetrics font = g.getFontMetrics();
    float pad = 2.5f * unit;
    float w = font.stringWidth(box.text()) + 2 * pad;
    float h = font.getAscent() + font.getDescent();
    float x = Math.max(0, Math.min(box.x1() - 0.75f * unit, width - w));
    float y = box.y1() - h >= 0 ? box.y1() - h : box.y1();
    y = Math.max(0, Math.min(y, height - h));
    Color colour = colour(box.colourKey());
    g.setComposite(AlphaComposite.SrcOver.derive(0.92f));
    g.setColor(colour);
    g.fill(new RoundRectangle2D.Float(x, y, w, h, 3 * unit, 3 * unit));
    g.setComposite(AlphaComposite.SrcOver);
    g.setColor(isLight(colour) ? new Color(16, 18, 24) : Color.WHITE);
    g.drawString(box.text(), x + pad, y + font.getAscent());
  }

  /** Hues a golden angle apart: neighbouring classes look different. */
  static Color colour(int key) {
    float hue = (float) ((0.53 + key * 0.61803398875) % 1.0);
    return Color.getHSBColor(hue < 0 ? hue + 1 : hue, 0.78f, 0.97f);
  }

  private static boolean isLight(Color c) {
    return 0.299 * c.getRed() + 0.587 * c.getGreen() + 0.114 * c.getBlue() > 140;
  }
}
