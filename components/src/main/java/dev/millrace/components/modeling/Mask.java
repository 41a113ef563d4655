package dev.millrace.components.modeling;

/**
 * The pixels of an object in COCO's compressed run-length encoding: columns from left to right,
 * each from top to bottom; runs of pixels outside and inside in turn.
 *
 * @param height of the frame in pixels
 * @param width of the frame in pixels
 * @param counts the runs, as pycocotools writes them
 */
public record Mask(int height, int width, String counts) {}
