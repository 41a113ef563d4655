/**
 * Encoded pictures to pixels, within limits; pixels to a model's input size.
 *
 * <pre>
 *            ImageLimits
 *                |
 *  bytes --> JpegScan --ranges--> FfmpegJpegDecoder --planes--> FrameAssembler --.
 *        \-> PngScan  --ranges--> PngDecoder ------------------------------------+--> Frame (BGR rows)
 *                |                                                                       |
 *      ImageRejectedException                                     Resizer: PillowBilinear, AlignCornersBilinear
 *      (code, message)                                                                   |
 *                                                                          planes B, G, R in a byte[]
 * </pre>
 *
 * Decoders and resizers are kept from frame to frame and belong to one thread each; a {@link
 * dev.millrace.components.image.Frame} is a plain value.
 */
@NullMarked
package dev.millrace.components.image;

import org.jspecify.annotations.NullMarked;
