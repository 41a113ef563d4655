package dev.millrace.components.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads numpy's .npy files, version 1, row-major. */
public record Npy(String type, long[] shape, ByteBuffer data) {

  private static final Pattern HEADER =
      Pattern.compile("'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([^)]*)\\)");

  public static Npy read(Path file) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = all.getShort(8) & 0xffff;
    String header = new String(all.array(), 10, length, StandardCharsets.ISO_8859_1);
    Matcher m = HEADER.matcher(header);
    if (!m.find()) {
      throw new IOException(file + ": unexpected header " + header);
    }
    long[] shape =
        Arrays.stream(m.group(2).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    all.position(10 + length);
    return new Npy(m.group(1), shape, all.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  public float[] floats() {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (type) {
            case "<f4" -> data.getFloat(4 * i);
            case "<f8" -> (float) data.getDouble(8 * i);
            case "<i8" -> data.getLong(8 * i);
            case "<i4" -> data.getInt(4 * i);
            case "|u1" -> data.get(i) & 0xff;
            default -> throw new IllegalStateException("numpy type " + type);
          };
    }
    return values;
  }
}
