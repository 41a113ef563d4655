package dev.millrace.connectors.street;

/**
 * Memory to paint in: a grid of two by two samples for each pixel. Its contents between two
 * pictures are nobody's; it belongs to one thread at a time.
 */
final class Canvas {
  /** Samples along a pixel's side. */
  static final int SCALE = 2;

  final int width;
  final int height;

  /** Samples in a row. */
  final int columns;

  final int rows;

  /** One over the metres ahead; 0 is the sky. */
  final float[] depth;

  /** {@code 0xnnrrggbb}: the number of the actor that a sample shows, from 1, and its colour. */
  final int[] colour;

  /** Who covered a sample last, seen or not. */
  final int[] covered;

  final byte[] shadow;

  /** What becomes the picture: {@code 0xrrggbb}, a pixel each. */
  final int[] pixels;

  final Spans samples;
  final Spans whole;
  final Facet facet = new Facet();
  final Mesh limbs = new Mesh();

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.columns = SCALE * width;
    this.rows = SCALE * height;
    this.depth = new float[columns * rows];
    this.colour = new int[columns * rows];
    this.covered = new int[columns * rows];
    this.shadow = new byte[columns * rows];
    this.pixels = new int[width * height];
    this.samples = new Spans(columns, rows);
    this.whole = new Spans(width, height);
  }
}
