package dev.millrace.connectors.video;

import dev.millrace.connectors.DetectionEvent;
import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import javax.imageio.ImageIO;

/**
 * Draws what was found into a picture: a box in its class's colour, above it a plate with label and
 * score; masks, keypoints and segments where there are any. Thread-safe.
 */
public final class Overlay {

  /** Share of colour inside a box. */
  static final float VEIL = 0.10f;

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
    List<Box> surestFirst =
        boxes.stream().sorted(Comparator.comparingDouble(box -> -box.score())).toList();
    return draw(
        picture,
        (image, g) -> {
          Plates plates = new Plates(g, unit(image), image.getWidth(), image.getHeight());
          outlines(g, surestFirst, unit(image), VEIL);
          plates(surestFirst, plates);
          plates.draw();
        });
  }

  /**
   * The picture with all that an event says of it: masks and keypoints where the model makes them,
   * and of a panoptic model the segments in place of boxes. Masks of another size than the
   * picture's are left out.
   *
   * @throws IllegalArgumentException if a mask cannot be read; {@link
   *     dev.millrace.connectors.format.EventJson} lets none through
   */
  public Picture draw(Picture picture, DetectionEvent event) {
    return draw(picture, (image, g) -> new EventDrawing(image, g, unit(image)).draw(event));
  }

  private static Picture draw(Picture picture, BiConsumer<BufferedImage, Graphics2D> drawing) {
    BufferedImage image = image(picture);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(9, Math.round(8.5f * unit(image)))));
      drawing.accept(image, g);
    } finally {
      g.dispose();
    }
    return new Picture(
        picture.width(),
        picture.height(),
        ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
  }

  /** Width of a thin line: grows with the picture. */
  private static float unit(BufferedImage image) {
    return Math.max(1f, Math.min(image.getWidth(), image.getHeight()) / 360f);
  }

  /**
   * Boxes, the surest last.
   *
   * @param veil share of colour inside of them
   */
  static void outlines(Graphics2D g, List<Box> surestFirst, float unit, float veil) {
    for (int i = surestFirst.size() - 1; i >= 0; i--) {
      outline(g, surestFirst.get(i), unit, veil);
    }
  }

  static void plates(List<Box> surestFirst, Plates plates) {
    for (Box box : surestFirst) {
      plates.forBox(
          box.x1(), box.y1(), box.x2(), box.y2(), box.text(), Colours.of(box.colourKey()));
    }
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

  private static void outline(Graphics2D g, Box box, float unit, float veil) {
    Rectangle2D shape =
        new Rectangle2D.Float(box.x1(), box.y1(), box.x2() - box.x1(), box.y2() - box.y1());
    Color colour = Colours.of(box.colourKey());
    if (veil > 0) {
      g.setComposite(AlphaComposite.SrcOver.derive(veil));
      g.setColor(colour);
      g.fill(shape);
    }
    g.setComposite(AlphaComposite.SrcOver.derive(0.45f));
    g.setColor(Color.BLACK);
    g.setStroke(new BasicStroke(2.6f * unit, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
    g.setComposite(AlphaComposite.SrcOver);
    g.setColor(colour);
    g.setStroke(new BasicStroke(1.5f * unit, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
  }
}
