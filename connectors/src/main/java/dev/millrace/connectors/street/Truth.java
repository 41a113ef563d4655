package dev.millrace.connectors.street;

import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.util.ArrayList;
import java.util.List;

/** Which of the actors that were painted a detector should find. */
final class Truth {
  /** Of an object that is to be found, at least this share is not hidden by others. */
  static final double LEAST_OPEN = 0.35;

  /** Of the box around all of it, at least this share is inside the picture. */
  static final double LEAST_INSIDE = 0.2;

  /** It is so high and wide at least, as shares of the picture's height: 12 and 6 of 360 pixels. */
  static final double LEAST_HEIGHT = 12 / 360.0;

  static final double LEAST_WIDTH = 6 / 360.0;

  /** Of what need not be found, fewer pixels are not worth a word. */
  static final int LEAST_PIXELS = 4;

  private Truth() {}

  static GroundTruth of(List<Cast> casts, Crop frame) {
    List<TrueObject> objects = new ArrayList<>();
    List<TrueObject> ignored = new ArrayList<>();
    for (Cast cast : casts) {
      if (cast.pixels == 0) {
        continue;
      }
      double open = Math.min(1, (double) cast.seen / cast.covered);
      double inside = Math.min(1, inside(cast, frame));
      StreetClass kind = cast.actor.kind();
      TrueObject object =
          new TrueObject(
              cast.firstColumn,
              cast.firstRow,
              cast.lastColumn + 1,
              cast.lastRow + 1,
              kind.label(),
              kind.ordinal(),
              cast.actor.track(),
              rounded(open * inside),
              cast.pixels);
      if (open >= LEAST_OPEN
          && inside >= LEAST_INSIDE
          && object.y2() - object.y1() >= LEAST_HEIGHT * frame.height()
          && object.x2() - object.x1() >= LEAST_WIDTH * frame.height()) {
        objects.add(object);
      } else if (cast.pixels >= LEAST_PIXELS) {
        ignored.add(object);
      }
    }
    return new GroundTruth(frame.width(), frame.height(), objects, ignored);
  }

  /** Share of the box around all of an actor that is inside the picture. */
  private static double inside(Cast cast, Crop frame) {
    double left = Canvas.SCALE * frame.column();
    double top = Canvas.SCALE * frame.row();
    double width =
        Math.min(cast.right, left + Canvas.SCALE * frame.width()) - Math.max(cast.left, left);
    double height =
        Math.min(cast.bottom, top + Canvas.SCALE * frame.height()) - Math.max(cast.top, top);
    double whole = (cast.right - cast.left) * (cast.bottom - cast.top);
    return Math.max(0, width) * Math.max(0, height) / whole;
  }

  /** To three digits, so that it is short where it is written. */
  private static float rounded(double share) {
    return (float) (Math.round(1000 * share) / 1000.0);
  }
}
