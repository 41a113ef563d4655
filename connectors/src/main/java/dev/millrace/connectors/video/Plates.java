package dev.millrace.connectors.video;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Labels on plates of colour, side by side rather than one over the other as long as there is room
 * near the places where they belong. What is added first has the choice, and lies on top.
 */
final class Plates {

  /** From here on plates are not compared with each other: nobody could read them anyway. */
  private static final int CROWDED = 400;

  private record Plate(Rectangle2D.Float place, String text, Color colour) {}

  private final Graphics2D g;
  private final FontMetrics font;
  private final float unit;
  private final int width;
  private final int height;
  private final List<Plate> plates = new ArrayList<>();

  Plates(Graphics2D g, float unit, int width, int height) {
    this.g = g;
    this.font = g.getFontMetrics();
    this.unit = unit;
    this.width = width;
    this.height = height;
  }

  /** Above a box, or inside where there is no room above, or below. */
  void forBox(float x1, float y1, float x2, float y2, String text, Color colour) {
    float w = widthOf(text);
    float h = heightOf();
    float left = x1 - 0.75f * unit;
    add(
        text,
        colour,
        new float[][] {
          {left, y1 - h >= 0 ? y1 - h : y1}, {left, y1}, {x2 - w, y1 - h}, {x2 - w, y1},
          {left, y2}, {left, y2 - h}, {x2 - w, y2}, {x2 - w, y2 - h}
        });
  }

  /** In the middle of a place, or near it. */
  void at(float x, float y, String text, Color colour) {
    float left = x - widthOf(text) / 2;
    float h = heightOf();
    float top = y - h / 2;
    float half = widthOf(text) / 2;
    add(
        text,
        colour,
        new float[][] {
          {left, top},
          {left, top - h},
          {left, top + h},
          {left - half, top},
          {left + half, top},
          {left, top - 2 * h},
          {left, top + 2 * h}
        });
  }

  private void add(String text, Color colour, float[][] places) {
    if (text.isEmpty()) {
      return;
    }
    for (float[] place : places) {
      Rectangle2D.Float plate = inside(place[0], place[1], text);
      boolean free = plates.size() < CROWDED;
      for (int i = 0; free && i < plates.size(); i++) {
        free = !plates.get(i).place().intersects(plate);
      }
      if (free) {
        plates.add(new Plate(plate, text, colour));
        return;
      }
    }
    plates.add(new Plate(inside(places[0][0], places[0][1], text), text, colour));
  }

  private Rectangle2D.Float inside(float x, float y, String text) {
    float w = widthOf(text);
    float h = heightOf();
    return new Rectangle2D.Float(
        Math.max(0, Math.min(x, width - w)), Math.max(0, Math.min(y, height - h)), w, h);
  }

  private float widthOf(String text) {
    return font.stringWidth(text) + 5 * unit;
  }

  private float heightOf() {
    return font.getAscent() + font.getDescent();
  }

  /** The first on top. */
  void draw() {
    for (int i = plates.size() - 1; i >= 0; i--) {
      Plate plate = plates.get(i);
      Rectangle2D.Float p = plate.place();
      g.setComposite(AlphaComposite.SrcOver.derive(0.92f));
      g.setColor(plate.colour());
      g.fill(new RoundRectangle2D.Float(p.x, p.y, p.width, p.height, 3 * unit, 3 * unit));
      g.setComposite(AlphaComposite.SrcOver);
      g.setColor(Colours.textOn(plate.colour()));
      g.drawString(plate.text(), p.x + 2.5f * unit, p.y + font.getAscent());
    }
  }
}
