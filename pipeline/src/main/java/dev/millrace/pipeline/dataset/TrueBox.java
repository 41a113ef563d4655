package dev.millrace.pipeline.dataset;

/**
 * A box that is there, in source pixels.
 *
 * @param area of the object in pixels, which is less than the box's where it was outlined
 * @param crowd whether it surrounds many objects; what lies in it counts neither for nor against
 */
public record TrueBox(
    long imageId,
    long categoryId,
    double x1,
    double y1,
    double x2,
    double y2,
    double area,
    boolean crowd) {}
