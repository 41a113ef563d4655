package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.List;

/** The leaves of a tree: blobs, densest around its middle. */
final class Crown {

  /**
   * @param tint how its green differs from its neighbours', around 1
   */
  record Blob(double x, double y, double z, double radius, double tint) {}

  private Crown() {}

  static List<Blob> of(Street.Tree tree) {
    Dice dice = new Dice(tree.look());
    List<Blob> blobs = new ArrayList<>();
    double middle = tree.trunk() + tree.crown() * 0.85;
    int count = 34;
    for (int i = 0; i < count; i++) {
      double up = 2 * (i + 0.5) / count - 1;
      double angle = i * 2.399963 + dice.between(-0.3, 0.3);
      double wide = Math.sqrt(1 - up * up);
      double out = tree.crown() * dice.between(0.55, 0.85);
      blobs.add(
          new Blob(
              tree.x() + out * wide * StrictMath.cos(angle),
              tree.y() + out * wide * StrictMath.sin(angle),
              middle + out * up * 1.1,
              tree.crown() * dice.between(0.26, 0.44),
              dice.between(0.8, 1.2)));
    }
    return blobs;
  }
}
