package dev.millrace.components.modeling;

import java.nio.ByteBuffer;

/**
 * Images of one pass, padded to a common size: Detectron2's {@code ImageList}.
 *
 * @param images N
 * @param height rows, padding included
 * @param width columns, padding included
 * @param pixels direct, uint8 (N, 3, height, width), blue first, zeros at the right and the bottom
 *     of smaller images; belongs to the model and holds until its next batch
 * @param sizes height and width of each image without padding, N * 2
 * @param sourceSizes height and width of each frame, N * 2
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one batch
public record ImageBatch(
    int images, int height, int width, ByteBuffer pixels, int[] sizes, int[] sourceSizes) {}
