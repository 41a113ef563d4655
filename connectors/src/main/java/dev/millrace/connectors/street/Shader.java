package dev.millrace.connectors.street;

/** What colour the faces of one actor have: flat, so once for each face. For one thread. */
final class Shader {
  private final Light light;
  private final float[] lampColour = Light.lampColour();
  private final Vec sun;

  private double cos;
  private double sin;
  private Vec view = new Vec(0, 0, 0);
  private float sunny;
  private float lamps;
  private float clear;
  private float darkGround;
  private Palette palette = new Palette();

  Shader(Light light) {
    this.light = light;
    this.sun = light.sun();
  }

  /** What follows are faces of this one. */
  void turnTo(Cast cast, Scene scene) {
    Actor actor = cast.actor;
    cos = actor.aheadX();
    sin = actor.aheadY();
    Vec middle = new Vec(actor.x(), actor.y(), actor.z() + cast.extent.z() / 2);
    Vec to = scene.lens().eye().minus(middle);
    double metres = to.length();
    view = to.times(1 / metres);
    clear = light.clear(metres);
    sunny = scene.ground().sun(actor.x(), actor.y());
    lamps = scene.ground().lamps(actor.x(), actor.y());
    darkGround =
        (float) (0.12 * (Colour.luma(light.ambient()) + 0.5 * Colour.luma(light.direct())));
    palette = cast.palette;
  }

  /** {@code 0xrrggbb} of a face of the mesh. */
  int rgb(Mesh mesh, int face) {
    float lx = mesh.normalX[face];
    float ly = mesh.normalY[face];
    double nx = lx * cos - ly * sin;
    double ny = lx * sin + ly * cos;
    double nz = mesh.normalZ[face];
    Material material = mesh.material[face];
    int of = 3 * material.ordinal();
    double towards = nx * view.x() + ny * view.y() + nz * view.z();
    float sky = (float) (0.56 + 0.44 * nz);
    float faces = (float) Math.max(0, nx * sun.x() + ny * sun.y() + nz * sun.z()) * sunny;
    float below = (float) (lamps * (0.62 + 0.38 * nz));
    double slope = 1 - Math.max(0, towards);
    double grazing = slope * slope * slope;
    float mirror =
        material == Material.GLASS
            ? (float) (0.13 + 0.6 * slope * slope)
            : material.gloss * (float) (0.05 + 0.5 * grazing);
    double back = 2 * towards;
    double up = back * nz - view.z();
    double gleam =
        Math.max(
            0, (back * nx - view.x()) * sun.x() + (back * ny - view.y()) * sun.y() + up * sun.z());
    gleam *= gleam;
    gleam *= gleam;
    gleam *= gleam;
    float spark = (float) gleam * sunny * material.gloss * 0.7f;
    float red = channel(0, of, sky, faces, below, mirror, up, spark);
    float green = channel(1, of, sky, faces, below, mirror, up, spark);
    float blue = channel(2, of, sky, faces, below, mirror, up, spark);
    return Tone.rgb(red, green, blue);
  }

  private float channel(
      int c, int of, float sky, float faces, float below, float mirror, double up, float spark) {
    float falls = light.ambient()[c] * sky + light.direct()[c] * faces + lampColour[c] * below;
    float mirrored =
        up > 0
            ? light.horizon()[c]
                + (light.zenith()[c] - light.horizon()[c]) * (float) Math.min(1, up * 1.6)
            : darkGround;
    float own =
        palette.albedo[of + c] * falls * (1 - mirror)
            + mirrored * mirror
            + spark * light.direct()[c]
            + palette.glow[of + c];
    return own * clear + light.horizon()[c] * (1 - clear);
  }
}
