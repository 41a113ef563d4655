package dev.millrace.connectors.street;

/** A flat face of one colour. */
final class Plain implements Surface {
  private final float[] colour;
  private final Vec normal;
  private final Light light;
  private final GroundLight shadows;
  private final float grain;
  private final float[] lamp = Light.lampColour();

  /**
   * @param grain how much its brightness varies, 0 to 1
   */
  Plain(float[] colour, Vec normal, Light light, GroundLight shadows, double grain) {
    this.colour = colour.clone();
    this.normal = normal;
    this.light = light;
    this.shadows = shadows;
    this.grain = (float) grain;
  }

  @Override
  public void look(double[] p, double metres, float[] out) {
    float bright =
        grain == 0 ? 1 : 1 + grain * (Noise.cloud(p[0] * 6 + p[2] * 5, p[1] * 6 + p[2] * 3) - 0.5f);
    float up = (float) (0.62 + 0.38 * normal.z());
    float faces = (float) Math.max(0, normal.dot(light.sun()));
    // Where the point's shadow would fall is as bright as the point.
    float sunny = faces > 0 ? shadows.sun(p[0] + normal.x() * 0.4, p[1] + normal.y() * 0.4) : 0;
    float lamps = shadows.lamps(p[0], p[1]) * 0.6f;
    for (int c = 0; c < 3; c++) {
      out[c] =
          colour[c]
              * bright
              * (light.ambient()[c] * up + light.direct()[c] * faces * sunny + lamp[c] * lamps);
    }
  }
}
