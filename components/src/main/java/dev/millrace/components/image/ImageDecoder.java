package dev.millrace.components.image;

import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Encoded pictures to BGR pixels. Owns native decoders that it keeps from picture to picture, so:
 * one decoder per thread, closed when the thread is done.
 *
 * <p>A picture is decoded whole or not at all. Colours are libjpeg's to within a level or two. An
 * orientation in EXIF is not applied: a camera's frames have none.
 */
public final class ImageDecoder implements AutoCloseable {
  private final ImageLimits limits;
  private final NativeCount natives;
  private final Map<ImageFormat, FfmpegDecoder> decoders = new EnumMap<>(ImageFormat.class);
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
    ImageFormat format = ImageFormat.of(bytes);
    ImageHeader header;
    ByteRanges body;
    if (format == ImageFormat.JPEG) {
      JpegScan scan = new JpegScan(bytes);
      header = scan.header();
      limits.checkSize(header.width(), header.height());
      body = scan.body();
    } else {
      PngScan scan = new PngScan(bytes);
      header = scan.header();
      limits.checkSize(header.width(), header.height());
      body = scan.body();
    }
    AVFrame picture =
        decoders
            .computeIfAbsent(format, f -> new FfmpegDecoder(f, limits.maxPixels(), natives))
            .decode(body);
    if (picture.width() != header.width() || picture.height() != header.height()) {
      throw ImageRejectedException.undecodable(
          "a %s that says %d x %d and holds %d x %d"
              .formatted(
                  format, header.width(), header.height(), picture.width(), picture.height()));
    }
    return assembler.assemble(picture);
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
    decoders.values().forEach(FfmpegDecoder::close);
    decoders.clear();
  }
}
