package dev.millrace.connectors.street;

/** Colours of the sky. */
record Sky(Light light) {

  /**
   * @param x direction of any length
   * @param z upward
   */
  void look(double x, double y, double z, float[] to) {
    double length = Math.sqrt(x * x + y * y + z * z);
    double up = Math.max(0, z / length);
    float high = (float) Math.sqrt(up);
    float[] low = light.horizon();
    float[] top = light.zenith();
    double reach = 34 / (up + 0.10) / length;
    float cloud = Noise.cloud(x * reach + 31, y * reach + 17);
    float least = (float) (0.98 - 0.75 * light.clouds());
    float cover = Math.min(1, Math.max(0, (cloud - least) / 0.3f)) * Math.min(1, (float) up * 9);
    float body = 0.82f + 0.35f * cloud;
    double towards =
        Math.max(0, (x * light.sun().x() + y * light.sun().y() + z * light.sun().z()) / length);
    double glow = towards * towards;
    glow *= glow * glow;
    glow *= glow;
    float bright = (float) (0.5 * Colour.luma(low)) + 0.5f * low[1];
    for (int c = 0; c < 3; c++) {
      float blue = low[c] + (top[c] - low[c]) * high;
      float white = (0.35f * low[c] + 0.65f * bright) * body;
      float sky =
          light.clouds() >= 1 ? blue * (0.84f + 0.3f * cloud) : blue + (white - blue) * cover;
      to[c] = sky + (float) glow * light.direct()[c] * 0.25f;
    }
  }
}
