package dev.millrace.connectors.street;

import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.util.ArrayList;
import java.util.List;

/** Which of the actors that were painted a detector should find. */
final class Truth {
  /** Of an object that is to be found, at least so much can be seen. */
  static final double LEAST_VISIBLE = 0.35;

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
      float visible = visible(cast, frame);
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
              visible,
              cast.pixels);
      if (visible >= LEAST_VISIBLE
          && object.y2() - object.y1() >= LEAST_HEIGHT * frame.height()
          && object.x2() - object.x1() >= LEAST_WIDTH * frame.height()) {
        objects.add(object);
      } else if (cast.pixels >= LEAST_PIXELS) {
        ignored.add(object);
      }
    }
    return new GroundTruth(frame.width(), frame.height(), objects, ignored);
  }

  /**
   * Share of what it covers that is not hidden, times share of the box around all of it that is
   * inside the picture.
   */
  private static float visible(Cast cast, Crop frame) {
    double unhidden = (double) cast.seen / cast.covered;
    double left = Canvas.SCALE * frame.column();
    double top = Canvas.SCALE * frame.row();
    double width =
        Math.min(cast.right, left + Canvas.SCALE * frame.width()) - Math.max(cast.left, left);
    double height =
        Math.min(cast.bottom, top + Canvas.SCALE * frame.height()) - Math.max(cast.top, top);
    double whole = (cast.right - cast.left) * (cast.bottom - cast.top);
    double inside = Math.max(0, width) * Math.max(0, height) / whole;
    // Rounded, so that the number is short where it is written.
    return (float) (Math.round(1000 * Math.min(1, unhidden) * Math.min(1, inside)) / 1000.0);
  }
}
