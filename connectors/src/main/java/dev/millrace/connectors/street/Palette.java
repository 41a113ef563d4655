package dev.millrace.connectors.street;

/** Colours of one object: for each material what it reflects and what it shines, linear light. */
final class Palette {
  final float[] albedo = new float[3 * Material.COUNT];
  final float[] glow = new float[3 * Material.COUNT];

  Palette() {
    with(Material.GLASS, 0x20272b)
        .with(Material.TRIM, 0x222325)
        .with(Material.TYRE, 0x1b1b1d)
        .with(Material.RIM, 0xa9adb2)
        .with(Material.HEADLIGHT, 0xe8ecee)
        .with(Material.TAILLIGHT, 0xa01816)
        .with(Material.SIGN, 0x2a2410)
        .with(Material.PLATE, 0xe6e6dc);
  }

  Palette with(Material material, int rgb) {
    System.arraycopy(Colour.linear(rgb), 0, albedo, 3 * material.ordinal(), 3);
    return this;
  }

  Palette shining(Material material, int rgb, double strength) {
    float[] light = Colour.scaled(Colour.linear(rgb), strength);
    System.arraycopy(light, 0, glow, 3 * material.ordinal(), 3);
    return this;
  }
}
