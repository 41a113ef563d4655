package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;

/**
 * A training run as a picture: losses above, accuracy and learning rate below, over one axis of
 * iterations. Needs no display.
 */
public final class TrainingPlot {

  static final int WIDTH = 1200;
  static final int HEIGHT = 800;
  private static final int UPPER = 430;

  private TrainingPlot() {}

  /**
   * Writes a PNG; one that is there is replaced, at once and whole. Of the same points the same
   * picture, where fonts are the same.
   *
   * @param points by iteration; numbers that are not finite are skipped
   * @throws ConfigException if the file cannot be written
   */
  public static void write(Path png, String title, List<TrainingPoint> points) {
    BufferedImage image = draw(title, points);
    try {
      ReplacedFile.write(png, out -> ImageIO.write(image, "png", out));
    } catch (IOException e) {
      throw new ConfigException(
          png.toString(),
          "cannot be written: " + e,
          "Check that the folder is there and what it allows, and the space on its disk.");
    }
  }

  private static BufferedImage draw(String title, List<TrainingPoint> points) {
    LossChart losses = new LossChart(title, points);
    AccuracyChart accuracy = new AccuracyChart(points);
    XYChart above = losses.chart();
    XYChart below = accuracy.chart();
    double end = PlotStyle.end(points);

    // Where a plot begins and ends in its chart depends on its labels: known once it was painted.
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      above.paint(g, WIDTH, UPPER);
      below.paint(g, WIDTH, HEIGHT - UPPER);
      int left = (int) Math.ceil(Math.max(above.getYAxisLeftWidth(), below.getYAxisLeftWidth()));
      double spare = above.getScreenXFromChart(end) - below.getScreenXFromChart(end);
      above.getStyler().setYAxisLeftWidthHint(left);
      below.getStyler().setYAxisLeftWidthHint(left);
      g.setColor(PlotStyle.BACKGROUND);
      g.fillRect(0, 0, WIDTH, HEIGHT);
      above.paint(g, WIDTH - (int) Math.round(spare), UPPER);
      g.translate(0, UPPER);
      below.paint(g, WIDTH, HEIGHT - UPPER);
    } finally {
      g.dispose();
    }
    return image;
  }
}
