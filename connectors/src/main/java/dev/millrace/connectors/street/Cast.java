package dev.millrace.connectors.street;

/** An actor before the lens, and what was found out about it while it was painted. */
final class Cast {
  final Actor actor;
  final Mesh mesh;
  final Palette palette;

  /** Half its length and width, and its height, metres. */
  final Vec extent;

  /** Metres ahead of the eye. */
  final double ahead;

  /** How many of a pixel's four samples show it: fewer than four while it comes or goes. */
  final int solid;

  /** Where it would be seen if nothing hid it and the canvas had no end. */
  double left = Double.POSITIVE_INFINITY;

  double top = Double.POSITIVE_INFINITY;
  double right = Double.NEGATIVE_INFINITY;
  double bottom = Double.NEGATIVE_INFINITY;

  /** Samples that it covers, seen or not, and those that are seen. */
  int covered;

  int seen;

  /** Pixels of the picture that are its, and the box around them. */
  int pixels;

  int firstColumn = Integer.MAX_VALUE;
  int firstRow = Integer.MAX_VALUE;
  int lastColumn = -1;
  int lastRow = -1;

  Cast(Actor actor, Mesh mesh, Palette palette, Vec extent, double ahead) {
    this.actor = actor;
    this.mesh = mesh;
    this.palette = palette;
    this.extent = extent;
    this.ahead = ahead;
    this.solid = (int) Math.ceil(4 * Math.max(0, actor.presence()));
  }

  void pixel(int column, int row) {
    pixels++;
    firstColumn = Math.min(firstColumn, column);
    lastColumn = Math.max(lastColumn, column);
    firstRow = Math.min(firstRow, row);
    lastRow = Math.max(lastRow, row);
  }

  void reaches(Facet facet) {
    for (int i = 0; i < facet.corners; i++) {
      left = Math.min(left, facet.u[i]);
      right = Math.max(right, facet.u[i]);
      top = Math.min(top, facet.v[i]);
      bottom = Math.max(bottom, facet.v[i]);
    }
  }
}
