package dev.millrace.components.modeling;

/**
 * A named place of an object, in the order in which the model numbers them.
 *
 * @param x in source pixels
 * @param y in source pixels
 * @param score confidence, 0 to 1
 */
public record Keypoint(float x, float y, float score) {}
