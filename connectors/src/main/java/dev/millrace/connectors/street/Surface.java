package dev.millrace.connectors.street;

/** What a thing that stands still looks like, point by point. */
interface Surface {

  /**
   * The light that leaves a point towards the camera.
   *
   * @param point where it is, metres: x, y, z
   * @param metres from the camera
   * @param light three channels, to be filled
   */
  void look(double[] point, double metres, float[] light);
}
