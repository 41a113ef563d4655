package dev.millrace.connectors.street;

/** What a face is made of; its colour is the {@link Palette}'s affair. */
enum Material {
  PAINT(0.5),
  SECOND_PAINT(0.4),
  GLASS(1),
  TRIM(0.1),
  TYRE(0),
  RIM(0.5),
  HEADLIGHT(0.3),
  TAILLIGHT(0.3),
  SIGN(0.2),
  PLATE(0.1),
  CARGO(0.05),
  SKIN(0.05),
  HAIR(0.1),
  TOP(0),
  BOTTOM(0),
  SHOES(0.1),
  BAG(0.05);

  static final int COUNT = values().length;

  /** How much of the sky it reflects, 0 to 1, when looked at along its surface. */
  final float gloss;

  Material(double gloss) {
    this.gloss = (float) gloss;
  }
}
