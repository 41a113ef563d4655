package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.ConfigException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingPlotTest {

  private static final int BLUE = 0xFF0072B2; // AP, and the first of the losses
  private static final int ORANGE = 0xFFD55E00; // AP50, and the second

  @TempDir Path folder;

  /** A run of 9000 iterations as runs are: noise, steps of the rate, AP every 1500. */
  private static List<TrainingPoint> run(boolean evaluated) {
    Random random = new Random(1);
    List<TrainingPoint> points = new ArrayList<>();
    for (int i = 19; i < 9000; i += 20) {
      double falls = Math.exp(-i / 1200.0);
      double step = i > 7500 ? 0.01 : i > 6000 ? 0.1 : 1;
      double noise = Math.exp(0.25 * random.nextGaussian());
      double cls = (0.12 + 1.1 * falls) * noise * (0.6 + 0.4 * step);
      double box = (0.16 + 0.25 * (1 - falls) * Math.exp(-i / 3000.0)) * noise;
      double objectness = (0.02 + 0.6 * falls) * Math.exp(0.3 * random.nextGaussian());
      double rpn = (0.03 + 0.1 * falls) * noise;
      boolean measured = evaluated && (i + 1) % 1500 < 20;
      double ap = 0.62 * (1 - Math.exp(-i / 2500.0)) + (i > 6000 ? 0.05 : 0);
      points.add(
          new TrainingPoint(
              i,
              cls + box + objectness + rpn,
              Map.of(
                  "loss_cls", cls,
                  "loss_box_reg", box,
                  "loss_rpn_cls", objectness,
                  "loss_rpn_loc", rpn),
              0.02 * step * Math.min(1, i / 1000.0),
              measured ? ap : Double.NaN,
              measured ? Math.min(0.97, ap * 1.5) : Double.NaN));
    }
    return points;
  }

  private BufferedImage plot(List<TrainingPoint> points) throws IOException {
    Path file = folder.resolve("metrics.png");
    TrainingPlot.write(file, "faster_rcnn_street", points);
    assertThat(folder.toFile().list()).containsExactly("metrics.png");
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).startsWith(0x89, 'P', 'N', 'G');
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(1200);
    assertThat(image.getHeight()).isEqualTo(800);
    return image;
  }

  private static long pixels(BufferedImage image, int colour, int fromRow, int toRow) {
    int[] all = image.getRGB(0, fromRow, 1200, toRow - fromRow, null, 0, 1200);
    return Arrays.stream(all).filter(pixel -> pixel == colour).count();
  }

  @Test
  void lossesAreAboveAndAccuracyBelow() throws IOException {
    BufferedImage image = plot(run(true));
    assertThat(pixels(image, BLUE, 0, 380)).isGreaterThan(300);
    assertThat(pixels(image, ORANGE, 0, 380)).isGreaterThan(300);
    assertThat(pixels(image, BLUE, 450, 740)).isGreaterThan(300);
    assertThat(pixels(image, ORANGE, 450, 740)).isGreaterThan(300);
  }

  /** The border of each plot, left and right, give or take a pixel. */
  @Test
  void bothPanelsHaveOneAxisOfIterations() throws IOException {
    BufferedImage image = plot(run(true));
    List<Integer> above = borders(image, 80);
    List<Integer> below = borders(image, 480);
    assertThat(above.get(0)).isBetween(40, 80).isCloseTo(below.get(0), within(1));
    assertThat(above.get(1)).isBetween(1080, 1160).isCloseTo(below.get(1), within(1));
  }

  private static List<Integer> borders(BufferedImage image, int row) {
    int grid = 0xFFE4E4E4;
    List<Integer> columns =
        IntStream.range(0, 1200)
            .filter(x -> image.getRGB(x, row) == grid && image.getRGB(x, row + 3) == grid)
            .boxed()
            .toList();
    return List.of(columns.get(0), columns.get(columns.size() - 1));
  }

  @Test
  void withoutAccuracyThereAreLossesAndTheRate() throws IOException {
    BufferedImage image = plot(run(false));
    assertThat(pixels(image, BLUE, 0, 380)).isGreaterThan(300);
    assertThat(pixels(image, BLUE, 450, 600)).isZero();
  }

  @Test
  void onePointIsEnoughAndNoneIsNoMistake() throws IOException {
    BufferedImage one = plot(run(true).subList(74, 75));
    assertThat(pixels(one, BLUE, 0, 340)).isGreaterThan(20); // a dot
    assertThat(pixels(one, BLUE, 450, 740)).isGreaterThan(20);
    plot(List.of());
    plot(List.of(new TrainingPoint(0, 0, Map.of("loss_cls", 0.0), 0, 0, 0)));
  }

  @Test
  void whatIsNoNumberIsSkipped() throws IOException {
    List<TrainingPoint> points = new ArrayList<>(run(true));
    List<TrainingPoint> broken = new ArrayList<>(points);
    for (int i = 3; i < points.size(); i += 50) {
      double bad = i % 2 == 0 ? Double.NaN : Double.POSITIVE_INFINITY;
      broken.add(i, new TrainingPoint(i * 20, bad, Map.of("loss_cls", bad), bad, bad, Double.NaN));
    }
    int[] whole = plot(points).getRGB(0, 0, 1200, 800, null, 0, 1200);
    assertThat(plot(broken).getRGB(0, 0, 1200, 800, null, 0, 1200)).isEqualTo(whole);
    plot(List.of(broken.get(3)));
  }

  @Test
  void aFolderThatIsNotThereIsToldInASentence() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> TrainingPlot.write(folder.resolve("none/metrics.png"), "", List.of()))
        .withMessageContaining("metrics.png: cannot be written")
        .withMessageContaining("Check that the folder is there");
  }

  @Test
  void theMedianIsOfTwentyValues() {
    assertThat(RunningMedian.of(new double[] {3, 1, 2})).containsExactly(3, 2, 2);
    double[] values = IntStream.range(0, 100).mapToDouble(i -> i == 50 ? 1e9 : i).toArray();
    assertThat(RunningMedian.of(values)[99]).isEqualTo(89.5);
    assertThat(RunningMedian.of(values)[60]).isEqualTo(51.5);
  }
}
