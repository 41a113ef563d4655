package dev.millrace.components.modeling;

/**
 * One object in a frame.
 *
 * @param x1 left edge in source pixels
 * @param y1 top edge in source pixels
 * @param x2 right edge in source pixels
 * @param y2 bottom edge in source pixels
 * @param classId the model's class index, from 0
 * @param label the class's name
 * @param score confidence, 0 to 1
 */
public record Detection(
    float x1, float y1, float x2, float y2, int classId, String label, float score) {}
