/**
 * Video in, as encoded frames; pictures out, with boxes, as video. The only package that knows
 * FFmpeg.
 *
 * <pre>
 *  in    VideoAddress --> StreamSource, FolderSource --Decoded--> VideoReader --Picture-->
 *        StreetAddress --> StreetSource ------------'                 |  (pixels, or a JPEG as it lies there)
 *                                                                 JpegEncoder
 *                                                                     |
 *                         Playback (loop, limit) --> Pace --> Camera: Flux&lt;EncodedFrame&gt;
 *
 *  out   Picture + boxes --> Overlay --Picture--> VideoWriter (MP4), Overlay.writePng
 * </pre>
 *
 * Everything that is {@link java.lang.AutoCloseable} here owns native memory and belongs to one
 * thread at a time; {@link dev.millrace.connectors.video.NativeCount} counts it.
 */
@NullMarked
package dev.millrace.connectors.video;

import org.jspecify.annotations.NullMarked;
