package dev.millrace.pipeline.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connectors.format.FrameFormat;
import dev.millrace.connectors.format.FrameHeaders;
import dev.millrace.connectors.format.PixelFormat;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A frame that no model should see.
 *
 * @param code of the dead letter that it becomes
 * @param message fragment of the letter's message
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Poison(String name, byte[] value, Map<String, String> headers, String code, String message) {

  /** The limit that the servers of these tests have, in bytes. */
  static final int MOST_BYTES = 256 << 10;

  @Override
  public String toString() {
    return name;
  }

  /**
   * @param jpeg a good frame
   */
  static List<Poison> all(byte[] jpeg) {
    byte[] garbage = new byte[20_000];
    new Random(1).nextBytes(garbage);
    byte[] damaged = jpeg.clone();
    Arrays.fill(damaged, 200, 2000, (byte) 0xff);
    return List.of(
        encoded("garbage", garbage, "un", ""),
        encoded("truncated JPEG", Arrays.copyOf(jpeg, jpeg.length / 2), "truncated", "JPEG"),
        encoded("no bytes", new byte[0], "empty", "no value"),
        encoded("oversized JPEG", Arrays.copyOf(jpeg, MOST_BYTES + 1), "oversized", "262145"),
        encoded("PNG bomb", bomb(), "too-many-pixels", "30000 x 30000"),
        encoded("GIF", "GIF89a\1\0\1\0\0\0\0;".getBytes(US_ASCII), "un", ""),
        encoded("damaged JPEG", damaged, "un", ""),
        encoded("text", "{\"hello\": \"frames\"}".getBytes(UTF_8), "un", ""),
        new Poison(
            "raw pixels, a row short",
            new byte[64 * 47 * 3],
            new FrameFormat.Raw(64, 48, PixelFormat.values()[0]).headers(),
            "truncated",
            "64x48"),
        new Poison(
            "raw pixels without a size",
            new byte[64 * 48 * 3],
            Map.of(FrameHeaders.CONTENT_TYPE, FrameHeaders.RAW),
            "unsupported",
            "format"));
  }

  private static Poison encoded(String name, byte[] value, String code, String message) {
    return new Poison(name, value, Map.of(), code, message);
  }

  /** A small PNG that says 30000 x 30000 and holds what unpacks to more than it weighs. */
  private static byte[] bomb() {
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      DataOutputStream fields = new DataOutputStream(header);
      fields.writeInt(30_000);
      fields.writeInt(30_000);
      fields.write(new byte[] {8, 2, 0, 0, 0});
      chunk(png, "IHDR", header.toByteArray());
      Deflater deflater = new Deflater(9);
      deflater.setInput(new byte[10 << 20]);
      deflater.finish();
      byte[] packed = new byte[64 << 10];
      int length = deflater.deflate(packed);
      deflater.end();
      chunk(png, "IDAT", Arrays.copyOf(packed, length));
      chunk(png, "IEND", new byte[0]);
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(US_ASCII));
    crc.update(data);
    DataOutputStream out = new DataOutputStream(png);
    out.writeInt(data.length);
    out.write(type.getBytes(US_ASCII));
    out.write(data);
    out.writeInt((int) crc.getValue());
  }
}
