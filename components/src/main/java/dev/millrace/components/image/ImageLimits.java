package dev.millrace.components.image;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What an encoded picture may ask for. Checked on its header, before anything is allocated. */
public record ImageLimits(
    @JsonPropertyDescription("Bytes of an encoded picture; default 33554432 (32 MiB)")
        long maxBytes,
    @JsonPropertyDescription("Columns; default 16384") int maxWidth,
    @JsonPropertyDescription("Rows; default 16384") int maxHeight,
    @JsonPropertyDescription("Columns x rows; default 50000000, at most 700000000")
        long maxPixels) {

  /** 32 MiB, 16384 x 16384, 50 megapixels. */
  public static final ImageLimits DEFAULT = new ImageLimits(32 << 20, 16384, 16384, 50_000_000);

  /** The greatest maxPixels: three bytes a pixel must fit into one Java array. */
  public static final long MOST_PIXELS = 700_000_000;

  /** The greatest maxBytes. */
  public static final long MOST_BYTES = 1 << 30;

  public ImageLimits {
    check("maxBytes", maxBytes, MOST_BYTES);
    check("maxWidth", maxWidth, Integer.MAX_VALUE);
    check("maxHeight", maxHeight, Integer.MAX_VALUE);
    check("maxPixels", maxPixels, MOST_PIXELS);
  }

  /** From configuration: what is absent is as in {@link #DEFAULT}. */
  @JsonCreator
  public static ImageLimits of(
      @JsonProperty("maxBytes") @Nullable Long maxBytes,
      @JsonProperty("maxWidth") @Nullable Integer maxWidth,
      @JsonProperty("maxHeight") @Nullable Integer maxHeight,
      @JsonProperty("maxPixels") @Nullable Long maxPixels) {
    return new ImageLimits(
        maxBytes == null ? DEFAULT.maxBytes : maxBytes,
        maxWidth == null ? DEFAULT.maxWidth : maxWidth,
        maxHeight == null ? DEFAULT.maxHeight : maxHeight,
        maxPixels == null ? DEFAULT.maxPixels : maxPixels);
  }

  void checkBytes(byte[] bytes) {
    if (bytes.length == 0) {
      throw new ImageRejectedException(ImageRejectedException.EMPTY, "the frame has no bytes");
    }
    if (bytes.length > maxBytes) {
      throw new ImageRejectedException(
          ImageRejectedException.OVERSIZED,
          "the frame has " + bytes.length + " bytes, allowed are " + maxBytes);
    }
  }

  void checkSize(int width, int height) {
    if (width > maxWidth || height > maxHeight || (long) width * height > maxPixels) {
      throw new ImageRejectedException(
          ImageRejectedException.TOO_MANY_PIXELS,
          "the picture says that it is %d x %d, allowed are %d columns, %d rows and %d pixels"
              .formatted(width, height, maxWidth, maxHeight, maxPixels));
    }
  }

  private static void check(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          name + ": expected a number from 1 to " + most + ", found " + value);
    }
  }
}
