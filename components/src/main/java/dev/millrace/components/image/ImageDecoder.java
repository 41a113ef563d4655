package dev.millrace.components.image;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Encoded pictures to BGR pixels. Owns native decoders that it keeps from picture to picture, so:
 * one decoder per thread, closed when the thread is done.
 *
 * <p>A picture is decoded whole or not at all. Colours are libjpeg's to within a level or two. An
 * orientation in EXIF is not applied, as a camera's frames have none; where pictures are files
 * {@link ExifOrientation} is.
 */
public final class ImageDecoder implements AutoCloseable {
  private final ImageLimits limits;
  private final NativeCount natives;
  private @Nullable FfmpegJpegDecoder jpegs;
  private @Nullable PngDecoder pngs;
  private final FrameAssembler assembler = new FrameAssembler();
  private boolean closed;

  public ImageDecoder(ImageLimits limits) {
    this(limits, new NativeCount());
  }

  /**
   * @param natives counts the native decoders of this and of others
   */
  public ImageDecoder(ImageLimits limits, NativeCount natives) {
    this.limits = limits;
    this.natives = natives;
  }

  /**
   * Decodes a JPEG (baseline, extended or progressive, 8 bits, grey or colour) or a PNG (any).
   *
   * @param bytes any bytes at all; what they are is read from them
   * @throws ImageRejectedException where they are not a whole picture within the limits
   */
  public Frame decode(byte[] bytes) {
    if (closed) {
      throw new IllegalStateException("the decoder is closed");
    }
    limits.checkBytes(bytes);
    return switch (ImageFormat.of(bytes)) {
      case JPEG -> jpeg(new JpegScan(bytes));
      case PNG -> png(new PngScan(bytes));
    };
  }

  private Frame jpeg(JpegScan scan) {
    ImageHeader header = scan.header();
    limits.checkSize(header.width(), header.height());
    ByteRanges body = scan.body();
    if (jpegs == null) {
      jpegs = new FfmpegJpegDecoder(limits.maxPixels(), natives);
    }
    AVFrame picture = jpegs.decode(body);
    if (picture.width() != header.width() || picture.height() != header.height()) {
      throw ImageRejectedException.undecodable(
          "a JPEG that says %d x %d and holds %d x %d"
              .formatted(header.width(), header.height(), picture.width(), picture.height()));
    }
    return assembler.assemble(picture);
  }

  private Frame png(PngScan scan) {
    ImageHeader header = scan.header();
    limits.checkSize(header.width(), header.height());
    ByteRanges body = scan.body();
    if (pngs == null) {
      pngs = new PngDecoder(natives);
    }
    return pngs.decode(scan, header, body);
  }

  /**
   * Takes {@code application/x-raw} bytes as they are. BGR is not copied: the frame owns the bytes
   * from here on.
   *
   * @param bytes width x height pixels, rows from the top, no padding
   * @throws ImageRejectedException where the length does not fit the size, or the size the limits
   */
  public Frame raw(byte[] bytes, int width, int height, PixelFormat format) {
    limits.checkBytes(bytes);
    if (width < 1 || height < 1) {
      throw ImageRejectedException.undecodable("raw pixels of " + width + " x " + height);
    }
    limits.checkSize(width, height);
    long expected = (long) width * height * format.bytesPerPixel();
    if (bytes.length != expected) {
      String message =
          "raw %s pixels of %d x %d need %d bytes, found %d"
              .formatted(format, width, height, expected, bytes.length);
      throw bytes.length < expected
          ? ImageRejectedException.truncated(message)
          : ImageRejectedException.undecodable(message);
    }
    return new Frame(width, height, format.toBgr(bytes));
  }

  @Override
  public void close() {
    closed = true;
    if (jpegs != null) {
      jpegs.close();
    }
    if (pngs != null) {
      pngs.close();
    }
  }
}
