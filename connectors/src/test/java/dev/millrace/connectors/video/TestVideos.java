package dev.millrace.connectors.video;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small videos in which a square walks to the right, written on the spot. */
final class TestVideos {
  private TestVideos() {}

  static Picture picture(int width, int height, int step) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(60, 90, 140));
    g.fillRect(0, 0, width, height);
    g.setColor(new Color(230, 200, 40));
    g.fillRect(4 * step % width, height / 4, width / 4, height / 2);
    g.dispose();
    return new Picture(
        width, height, ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
  }

  static Path mp4(Path folder, int frames, double rate) {
    Path file = folder.resolve("walk.mp4");
    try (VideoWriter writer = new VideoWriter(file, 96, 64, rate)) {
      for (int i = 0; i < frames; i++) {
        writer.write(picture(96, 64, i));
      }
    }
    return file;
  }

  /** Motion JPEG: nothing but JPEGs, one behind the other. */
  static Path mjpeg(Path folder, int frames) throws IOException {
    Path file = folder.resolve("walk.mjpeg");
    try (JpegEncoder encoder = new JpegEncoder(80);
        OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < frames; i++) {
        out.write(encoder.encode(picture(96, 64, i)));
      }
    }
    return file;
  }

  static Path asset(String path) {
    String named = System.getenv("MILLRACE_ASSETS");
    Path folder =
        named != null
            ? Path.of(named)
            : Path.of(System.getProperty("millrace.root", ".")).resolve("../shared/assets");
    Path file = folder.resolve(path).normalize();
    assumeTrue(Files.exists(file), "needs the test asset " + path);
    return file;
  }

  static double meanDifference(byte[] a, byte[] b) {
    if (a.length != b.length) {
      throw new AssertionError(a.length + " bytes against " + b.length);
    }
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return (double) sum / a.length;
  }
}
