package dev.millrace.connectors.video;

import dev.millrace.connectors.DetectionEvent.Keypoint;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.List;

/**
 * Draws keypoints as dots and, where they are the 17 of COCO's persons, the limbs between them: the
 * left side of the body green, the right orange.
 */
final class SkeletonPen {

  private static final int PERSON = 17;

  /** Detectron2 draws none that is less sure. */
  private static final float LEAST_SCORE = 0.05f;

  private static final Color LEFT = new Color(80, 235, 120);
  private static final Color RIGHT = new Color(255, 150, 40);
  private static final Color MIDDLE = new Color(250, 235, 90);
  private static final Color RIM = new Color(16, 18, 24);

  /**
   * COCO numbers nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles from 0, of each
   * pair the left one first.
   */
  private static final int[][] LIMBS = {
    {0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 6}, {5, 6}, {5, 7}, {7, 9}, {6, 8}, {8, 10},
    {5, 11}, {6, 12}, {11, 12}, {11, 13}, {13, 15}, {12, 14}, {14, 16}
  };

  private final Graphics2D g;
  private final int width;
  private final int height;

  SkeletonPen(Graphics2D g, int width, int height) {
    this.g = g;
    this.width = width;
    this.height = height;
  }

  /**
   * Draws the keypoints of one object.
   *
   * @param colour of the dots where they are no person's
   * @param thickness of limbs in pixels
   */
  void draw(List<Keypoint> points, Color colour, float thickness) {
    boolean person = points.size() == PERSON;
    if (person) {
      limbs(points, thickness);
    }
    float radius = 1.15f * thickness;
    for (int i = 0; i < points.size(); i++) {
      Keypoint p = points.get(i);
      if (shows(p)) {
        dot(p, radius + Math.max(0.8f, 0.4f * thickness), RIM);
        dot(p, radius, person ? side(i, i) : colour);
      }
    }
  }

  private void limbs(List<Keypoint> points, float thickness) {
    BasicStroke under = stroke(1.9f * thickness);
    BasicStroke over = stroke(thickness);
    for (boolean top : new boolean[] {false, true}) {
      g.setStroke(top ? over : under);
      for (int[] limb : LIMBS) {
        Keypoint a = points.get(limb[0]);
        Keypoint b = points.get(limb[1]);
        if (shows(a) && shows(b)) {
          g.setColor(top ? side(limb[0], limb[1]) : RIM);
          g.draw(new Line2D.Float(a.x(), a.y(), b.x(), b.y()));
        }
      }
    }
  }

  private void dot(Keypoint p, float radius, Color colour) {
    g.setColor(colour);
    g.fill(new Ellipse2D.Float(p.x() - radius, p.y() - radius, 2 * radius, 2 * radius));
  }

  /** A place that is far outside cannot be seen, and takes long to draw. */
  private boolean shows(Keypoint p) {
    return p.score() >= LEAST_SCORE
        && p.x() >= -width
        && p.x() <= 2 * width
        && p.y() >= -height
        && p.y() <= 2 * height;
  }

  private static Color side(int from, int to) {
    if (from == 0 || to == 0 || from % 2 != to % 2) {
      return MIDDLE;
    }
    return from % 2 == 1 ? LEFT : RIGHT;
  }

  private static BasicStroke stroke(float width) {
    return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }
}
