package dev.millrace.pipeline.training;

import dev.millrace.connectors.format.RunLengths;
import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * A COCO folder of generated pictures, 64 x 64, one shape in each: a rectangle or an ellipse on
 * noise, outlined, in every fourth picture pixel by pixel. Of its 17 keypoints one is in the
 * middle, of the others the odd ones are at its left, as of a person who is seen from behind; that
 * is so in a mirrored picture, too, if left and right change places.
 */
final class Shapes {

  static final int SIDE = 64;

  private final SplittableRandom dice;

  private Shapes(long seed) {
    this.dice = new SplittableRandom(seed);
  }

  /** The category of rectangles is 1, of ellipses 2. */
  static void write(Path folder, int count, long seed) throws IOException {
    new Shapes(seed).all(folder, count);
  }

  private void all(Path folder, int count) throws IOException {
    Files.createDirectories(folder.resolve("images"));
    List<Image> images = new ArrayList<>();
    List<TrueBox> boxes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Image image = new Image(i + 1, i + ".png", SIDE, SIDE);
      images.add(image);
      BufferedImage picture = noise();
      boxes.add(shape(image.id(), picture));
      ImageIO.write(picture, "png", folder.resolve("images").resolve(image.fileName()).toFile());
    }
    new CocoDataset(
            images, List.of(new Category(1, "rectangle"), new Category(2, "ellipse")), boxes)
        .write(folder.resolve("instances.json"));
  }

  private BufferedImage noise() {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int grey = 100 + dice.nextInt(40);
      picture.setRGB(i % SIDE, i / SIDE, grey << 16 | grey << 8 | grey);
    }
    return picture;
  }

  private TrueBox shape(long image, BufferedImage picture) {
    double width = 24 + 20 * dice.nextDouble();
    double height = 24 + 20 * dice.nextDouble();
    double x = (SIDE - width) * dice.nextDouble();
    double y = (SIDE - height) * dice.nextDouble();
    boolean ellipse = dice.nextBoolean();
    double[] corners = corners(x, y, width, height, ellipse);
    Path2D outline = new Path2D.Double();
    outline.moveTo(corners[0], corners[1]);
    for (int i = 2; i < corners.length; i += 2) {
      outline.lineTo(corners[i], corners[i + 1]);
    }
    outline.closePath();
    Graphics2D g = picture.createGraphics();
    g.setColor(dice.nextBoolean() ? new Color(40, 230, 60) : new Color(230, 40, 60));
    g.fill(outline);
    g.dispose();
    Outline polygons = new Outline.Polygons(List.of(corners));
    RunLengths pixels = polygons.pixels(SIDE, SIDE);
    return new TrueBox(
        image,
        ellipse ? 2 : 1,
        x,
        y,
        x + width,
        y + height,
        pixels.area(),
        false,
        image % 4 == 0 ? new Outline.Runs(pixels) : polygons,
        keypoints(x, y, width, height));
  }

  private static double[] corners(double x, double y, double width, double height, boolean round) {
    if (!round) {
      return new double[] {x, y, x + width, y, x + width, y + height, x, y + height};
    }
    double[] corners = new double[48];
    for (int i = 0; i < 24; i++) {
      corners[2 * i] = x + width / 2 * (1 + Math.cos(i * Math.PI / 12));
      corners[2 * i + 1] = y + height / 2 * (1 + Math.sin(i * Math.PI / 12));
    }
    return corners;
  }

  private static List<TrueKeypoint> keypoints(double x, double y, double width, double height) {
    List<TrueKeypoint> keypoints = new ArrayList<>();
    keypoints.add(new TrueKeypoint(x + width / 2, y + height / 2, true));
    for (int pair = 0; pair < 8; pair++) {
      double down = y + height * (0.3 + 0.05 * pair);
      keypoints.add(new TrueKeypoint(x + width * 0.3, down, true));
      keypoints.add(new TrueKeypoint(x + width * 0.7, down, pair != 7));
    }
    return keypoints;
  }
}
