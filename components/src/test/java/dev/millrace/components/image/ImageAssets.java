package dev.millrace.components.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Test assets that lie beside the project; a test that needs one is skipped where it is absent. */
final class ImageAssets {
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([0-9, ]*)\\)");

  private ImageAssets() {}

  static Path require(String path) {
    String named = System.getenv("MILLRACE_ASSETS");
    Path folder =
        named != null
            ? Path.of(named)
            : Path.of(System.getProperty("millrace.root", ".")).resolve("../shared/assets");
    Path file = folder.resolve(path).normalize();
    assumeTrue(Files.exists(file), "needs the test asset " + path);
    return file;
  }

  /** A NumPy array of uint8 or little-endian float32, in C order. */
  record Array(int[] shape, ByteBuffer data) {}

  static Array npy(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = bytes.getShort(8);
    String text = new String(bytes.array(), 10, header, StandardCharsets.US_ASCII);
    Matcher shape = SHAPE.matcher(text);
    if (!shape.find() || text.contains("'fortran_order': True")) {
      throw new IOException(file + ": cannot read " + text);
    }
    int[] sizes =
        Arrays.stream(shape.group(1).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    return new Array(
        sizes,
        bytes.slice(10 + header, bytes.capacity() - 10 - header).order(ByteOrder.LITTLE_ENDIAN));
  }

  static Frame frame(Array array) {
    byte[] bgr = new byte[array.data().capacity()];
    array.data().get(0, bgr);
    return new Frame(array.shape()[1], array.shape()[0], bgr);
  }
}
