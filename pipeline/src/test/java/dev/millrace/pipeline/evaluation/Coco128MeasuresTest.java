package dev.millrace.pipeline.evaluation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.modeling.Keypoint;
import dev.millrace.connectors.format.RunLengths;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Masks and keypoints around what is in coco128, from random numbers that are specified
 * (java.util.Random's generator). What AP they have was computed by pycocotools 2.0.11 from the
 * same numbers, and so were the pixels of the dataset's outlines.
 */
class Coco128MeasuresTest {

  private static RunLengths pixels(TrueBox box, Map<Long, Image> images) {
    Image image = images.get(box.imageId());
    return Objects.requireNonNull(box.outline()).pixels(image.height(), image.width());
  }

  private static Map<Long, Image> images(CocoDataset dataset) {
    return dataset.images().stream().collect(Collectors.toMap(Image::id, Function.identity()));
  }

  /** 929 objects of 1 to 14 polygons, 10 crowds of runs: checksum of all runs, area of all. */
  @Test
  void outlinesTakeThePixelsThatPycocotoolsGivesThem() {
    CocoDataset dataset = Coco128Test.coco128();
    Map<Long, Image> images = images(dataset);
    CRC32 crc = new CRC32();
    long area = 0;
    for (TrueBox box : dataset.boxes()) {
      RunLengths pixels = pixels(box, images);
      String line =
          pixels.height()
              + ","
              + pixels.width()
              + Arrays.stream(pixels.counts())
                  .mapToObj(run -> "," + run)
                  .collect(Collectors.joining())
              + "\n";
      crc.update(line.getBytes(US_ASCII));
      area += pixels.area();
      assertThat(box.outline() instanceof Outline.Runs).isEqualTo(box.crowd());
    }
    assertThat(area).isEqualTo(12_194_426);
    assertThat(crc.getValue()).isEqualTo(3369345153L);
  }

  private static RunLengths moved(RunLengths mask, int dx, int dy) {
    int height = mask.height();
    boolean[] pixels = new boolean[height * mask.width()];
    mask.strips(
        (x, top, bottom) -> {
          for (int y = Math.max(0, top + dy); y < Math.min(height, bottom + dy); y++) {
            if (x + dx >= 0 && x + dx < mask.width()) {
              pixels[(x + dx) * height + y] = true;
            }
          }
        });
    int[] counts = new int[pixels.length + 1];
    int runs = 0;
    for (boolean pixel : pixels) {
      runs += pixel == (runs % 2 == 0) ? 1 : 0;
      counts[runs]++;
    }
    return RunLengths.of(height, mask.width(), Arrays.copyOf(counts, runs + 1));
  }

  private static List<ScoredBox> masks(CocoDataset dataset, long seed, boolean coarse) {
    Map<Long, Image> images = images(dataset);
    Random random = new Random(seed);
    List<ScoredBox> found = new ArrayList<>();
    for (TrueBox box : dataset.boxes()) {
      for (int i = 0; i < 2; i++) {
        if (random.nextDouble() < 0.3) {
          continue;
        }
        double score = random.nextDouble();
        int dx = (int) (random.nextDouble() * 21) - 10;
        int dy = (int) (random.nextDouble() * 21) - 10;
        long category = box.categoryId();
        if (random.nextDouble() < 0.15) {
          int other = (int) (random.nextDouble() * dataset.categories().size());
          category = dataset.categories().get(other).id();
        }
        found.add(
            new ScoredBox(
                box.imageId(),
                category,
                coarse ? Math.floor(score * 8) / 8 : score,
                0,
                0,
                1,
                1,
                moved(pixels(box, images), dx, dy),
                List.of()));
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "1, false, 1334, 0.2272282751352442, 0.3879082632977187, 0.23888721910010374,"
        + " 0.010807398709545045, 0.23834625604300286, 0.5477609161520764",
    "2, true, 1297, 0.2146648473527668, 0.3732405695398565, 0.2149044615815107,"
        + " 0.030819183773530517, 0.2686329630645566, 0.5025631577710682"
  })
  void maskApEqualsPycocotools(
      long seed,
      boolean coarse,
      int count,
      double ap,
      double ap50,
      double ap75,
      double small,
      double medium,
      double large) {
    CocoDataset dataset = Coco128Test.coco128();
    List<ScoredBox> found = masks(dataset, seed, coarse);
    assertThat(found).hasSize(count);
    CocoEvaluator evaluator = new CocoEvaluator(dataset);
    CocoAp result = evaluator.evaluate(Measure.MASKS, found, AreaRange.ALL);
    assertThat(result.ap()).isCloseTo(ap, within(1e-9));
    assertThat(result.ap50()).isCloseTo(ap50, within(1e-9));
    assertThat(result.ap75()).isCloseTo(ap75, within(1e-9));
    assertThat(evaluator.evaluate(Measure.MASKS, found, AreaRange.SMALL).ap())
        .isCloseTo(small, within(1e-9));
    assertThat(evaluator.evaluate(Measure.MASKS, found, AreaRange.MEDIUM).ap())
        .isCloseTo(medium, within(1e-9));
    assertThat(evaluator.evaluate(Measure.MASKS, found, AreaRange.LARGE).ap())
        .isCloseTo(large, within(1e-9));
  }

  /** Persons with random keypoints, a fifth of them with none that is labelled. */
  @ParameterizedTest
  @CsvSource({
    "3, false, 555, 0.3525078127009008, 0.5068820274983128, 0.3738373921127911,"
        + " 0.4242432166188898, 0.2915369220227249",
    "4, true, 541, 0.37782940347949123, 0.5070417066348532, 0.4239589285966232,"
        + " 0.3263389382974756, 0.435898663567723"
  })
  void keypointApEqualsPycocotools(
      long seed,
      boolean coarse,
      int count,
      double ap,
      double ap50,
      double ap75,
      double medium,
      double large) {
    CocoDataset dataset = Coco128Test.coco128();
    Random random = new Random(seed);
    List<TrueBox> truth = new ArrayList<>();
    List<ScoredBox> found = new ArrayList<>();
    for (TrueBox box : dataset.boxes()) {
      if (box.categoryId() == 1) {
        TrueBox person = person(box, random, (truth.size() + 1) % 5 != 0);
        truth.add(person);
        for (int i = 0; i < 3; i++) {
          if (random.nextDouble() >= 0.3) {
            found.add(near(person, random, coarse));
          }
        }
      }
    }
    assertThat(found).hasSize(count);
    CocoEvaluator evaluator =
        new CocoEvaluator(new CocoDataset(dataset.images(), dataset.categories(), truth));
    CocoAp result = evaluator.evaluate(Measure.KEYPOINTS, found, AreaRange.ALL);
    assertThat(result.perCategory()).containsOnlyKeys(1L);
    assertThat(result.ap()).isCloseTo(ap, within(1e-9));
    assertThat(result.ap50()).isCloseTo(ap50, within(1e-9));
    assertThat(result.ap75()).isCloseTo(ap75, within(1e-9));
    assertThat(evaluator.evaluate(Measure.KEYPOINTS, found, AreaRange.MEDIUM).ap())
        .isCloseTo(medium, within(1e-9));
    assertThat(evaluator.evaluate(Measure.KEYPOINTS, found, AreaRange.LARGE).ap())
        .isCloseTo(large, within(1e-9));
  }

  private static TrueBox person(TrueBox box, Random random, boolean labelled) {
    List<TrueKeypoint> keypoints = new ArrayList<>();
    for (int k = 0; k < 17; k++) {
      double x = box.x1() + random.nextDouble() * (box.x2() - box.x1());
      double y = box.y1() + random.nextDouble() * (box.y2() - box.y1());
      boolean there = random.nextDouble() < 0.7 && labelled;
      keypoints.add(new TrueKeypoint(there ? x : 0, there ? y : 0, there));
    }
    return new TrueBox(
        box.imageId(),
        1,
        box.x1(),
        box.y1(),
        box.x2(),
        box.y2(),
        box.area(),
        box.crowd(),
        null,
        keypoints);
  }

  private static ScoredBox near(TrueBox person, Random random, boolean coarse) {
    double score = random.nextDouble();
    double noise = random.nextDouble() * 0.25 * Math.sqrt(person.area());
    List<Keypoint> points = new ArrayList<>();
    for (TrueKeypoint there : person.keypoints()) {
      float x = (float) (there.x() + (random.nextDouble() - .5) * noise);
      float y = (float) (there.y() + (random.nextDouble() - .5) * noise);
      points.add(new Keypoint(x, y, 1));
    }
    if (random.nextDouble() < 0.2) {
      points.replaceAll(
          p ->
              new Keypoint(
                  (float) (p.x() + person.x1() + 40), (float) (p.y() + person.x1() + 40), 1));
    }
    return new ScoredBox(
        person.imageId(),
        1,
        coarse ? Math.floor(score * 8) / 8 : score,
        person.x1(),
        person.y1(),
        person.x2(),
        person.y2(),
        null,
        points);
  }
}
