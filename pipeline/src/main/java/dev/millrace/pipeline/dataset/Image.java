package dev.millrace.pipeline.dataset;

/**
 * One picture of a dataset; its pixels are elsewhere.
 *
 * @param fileName relative to the dataset's folder of images, and inside it
 * @param width pixels, or 0 where only the picture tells
 * @param height pixels, or 0 where only the picture tells
 */
public record Image(long id, String fileName, int width, int height) {}
