package dev.millrace.benchmarks;

import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.preprocess.D2GoResize;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Bytes to pixels to the network's input, against ImageIO as the baseline of the same run. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway") // JMH sets the fields
public class ImageBenchmark {

  @Param({"768x576", "1280x720"})
  public String size;

  private byte[] jpeg;
  private Frame frame;
  private ImageDecoder decoder;
  private final D2GoResize d2go = new D2GoResize(320);
  private final ResizeShortestEdge shortestEdge = new ResizeShortestEdge(800, 1333);

  /**
   * A picture with edges, gradients and texture: nothing that a codec finds easier than a street.
   */
  @Setup
  public void prepare() throws IOException {
    int width = Integer.parseInt(size.substring(0, size.indexOf('x')));
    int height = Integer.parseInt(size.substring(size.indexOf('x') + 1));
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int texture = (x * 31 ^ y * 17) & 31;
        int edge = (x / 40 + y / 30) % 2 * 90;
        image.setRGB(
            x, y, (edge + texture + y / 8) << 16 | (edge + x / 10 & 255) << 8 | texture + edge);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", out);
    jpeg = out.toByteArray();
    decoder = new ImageDecoder(ImageLimits.DEFAULT);
    frame = decoder.decode(jpeg);
  }

  @TearDown
  public void close() {
    decoder.close();
  }

  @Benchmark
  public Frame decode() {
    return decoder.decode(jpeg);
  }

  @Benchmark
  public BufferedImage decodeByImageIo() throws IOException {
    return ImageIO.read(new ByteArrayInputStream(jpeg));
  }

  @Benchmark
  public InputImage resizeAsD2Go() {
    return d2go.preprocess(frame);
  }

  @Benchmark
  public InputImage resizeAsDetectron2() {
    return shortestEdge.preprocess(frame);
  }
}
