package dev.millrace.pipeline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.endtoend.Assets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random detections around coco128's true boxes. What AP they have was computed by an independent
 * program in numpy, from the same random numbers (java.util.Random's generator is specified).
 */
class Coco128Test {

  static CocoDataset coco128() {
    return CocoDataset.read(Assets.path("datasets/coco128/instances.json"));
  }

  /** Seven tenths of three tries at each box, some of another class; coarse scores have ties. */
  private static List<ScoredBox> detections(CocoDataset dataset, long seed, boolean coarse) {
    Random random = new Random(seed);
    List<ScoredBox> found = new ArrayList<>();
    for (TrueBox box : dataset.boxes()) {
      double w = box.x2() - box.x1();
      double h = box.y2() - box.y1();
      for (int i = 0; i < 3; i++) {
        if (random.nextDouble() < 0.3) {
          continue;
        }
        double[] d = random.doubles(4).map(u -> (u - 0.5) * 0.4).toArray();
        double score = random.nextDouble();
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
                box.x1() + d[0] * w,
                box.y1() + d[1] * h,
                box.x2() + d[2] * w,
                box.y2() + d[3] * h));
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "1, false, 1965, 0.2874311122686084, 0.682285375742533, 0.12098130893139702, 0.2939161656729296",
    "2, true, 1920, 0.2636390440186114, 0.6445364922596845, 0.08402390499471843, 0.3002358564359627",
    "3, false, 2009, 0.28011908600104074, 0.6828397624623868, 0.10843007065266787,"
        + " 0.32578951673702927"
  })
  void equalsTheIndependentProgram(
      long seed, boolean coarse, int count, double ap, double ap50, double ap75, double persons) {
    CocoDataset dataset = coco128();
    List<ScoredBox> found = detections(dataset, seed, coarse);
    assertThat(found).hasSize(count);
    CocoAp result = new CocoEvaluator(dataset).evaluate(found);
    assertThat(result.ap()).isCloseTo(ap, within(1e-9));
    assertThat(result.ap50()).isCloseTo(ap50, within(1e-9));
    assertThat(result.ap75()).isCloseTo(ap75, within(1e-9));
    assertThat(result.perCategory()).hasSize(71);
    assertThat(result.perCategory().get(1L)).isCloseTo(persons, within(1e-9));
  }

  @Test
  void alsoWithManyCrowds() {
    CocoDataset plain = coco128();
    List<TrueBox> boxes = new ArrayList<>(plain.boxes());
    for (int i = 0; i < boxes.size(); i += 7) {
      TrueBox b = boxes.get(i);
      boxes.set(
          i,
          new TrueBox(b.imageId(), b.categoryId(), b.x1(), b.y1(), b.x2(), b.y2(), b.area(), true));
    }
    CocoDataset dataset = new CocoDataset(plain.images(), plain.categories(), boxes);
    CocoAp result = new CocoEvaluator(dataset).evaluate(detections(plain, 4, false));
    assertThat(result.ap()).isCloseTo(0.2606162077635353, within(1e-9));
    assertThat(result.ap50()).isCloseTo(0.6681896186447998, within(1e-9));
    assertThat(result.ap75()).isCloseTo(0.08339962693026981, within(1e-9));
  }

  @Test
  void theDatasetIsReadWhole() {
    CocoDataset dataset = coco128();
    assertThat(dataset.images()).hasSize(128);
    assertThat(dataset.boxes()).hasSize(939).filteredOn(TrueBox::crowd).hasSize(10);
    assertThat(dataset.categories()).hasSize(80);
    CocoDataset few = dataset.limit(10);
    assertThat(few.images()).isEqualTo(dataset.images().subList(0, 10));
    assertThat(few.boxes()).isNotEmpty().hasSizeLessThan(939);
  }
}
