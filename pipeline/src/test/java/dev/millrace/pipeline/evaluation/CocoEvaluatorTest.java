package dev.millrace.pipeline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CocoEvaluatorTest {

  private static final List<Image> IMAGES =
      List.of(new Image(1, "1.jpg", 0, 0), new Image(2, "2.jpg", 0, 0));
  private static final List<Category> CATEGORIES =
      List.of(new Category(7, "cat"), new Category(8, "dog"));

  private static TrueBox truth(long image, double x, double size) {
    return new TrueBox(image, 7, x, 0, x + size, size, size * size, false);
  }

  private static TrueBox crowd(long image, double x, double size) {
    return new TrueBox(image, 7, x, 0, x + size, size, size * size, true);
  }

  private static ScoredBox found(long image, double score, double x, double size) {
    return new ScoredBox(image, 7, score, x, 0, x + size, size);
  }

  private static CocoAp evaluate(List<TrueBox> truth, ScoredBox... found) {
    return evaluator(truth).evaluate(List.of(found));
  }

  private static CocoEvaluator evaluator(List<TrueBox> truth) {
    return new CocoEvaluator(new CocoDataset(IMAGES, CATEGORIES, truth));
  }

  @Test
  void everythingFoundExactly() {
    CocoAp ap =
        evaluate(
            List.of(truth(1, 0, 10), truth(2, 5, 20)), found(1, .9, 0, 10), found(2, .8, 5, 20));
    assertThat(ap.ap()).isEqualTo(1);
    assertThat(ap.perCategory()).containsOnlyKeys(7L);
  }

  @Test
  void nothingFound() {
    assertThat(evaluate(List.of(truth(1, 0, 10))).ap()).isZero();
    assertThat(evaluate(List.of(truth(1, 0, 10)), found(2, .9, 0, 10)).ap()).isZero();
  }

  @Test
  void nothingToFindIsNoNumber() {
    assertThat(evaluate(List.of(), found(1, .9, 0, 10)).ap()).isNaN();
    assertThat(evaluate(List.of(crowd(1, 0, 10)), found(1, .9, 0, 10)).ap50()).isNaN();
  }

  /** Half of the objects: recall stops at .5, which 51 of the 101 recalls reach. */
  @Test
  void halfIsFound() {
    CocoAp ap = evaluate(List.of(truth(1, 0, 10), truth(2, 0, 10)), found(1, .9, 0, 10));
    assertThat(ap.ap()).isCloseTo(51 / 101.0, within(1e-12));
  }

  /** A surer mistake in front halves the precision everywhere. */
  @Test
  void aMistakeInFront() {
    CocoAp ap = evaluate(List.of(truth(1, 0, 10)), found(1, .9, 50, 10), found(1, .8, 0, 10));
    assertThat(ap.ap()).isCloseTo(.5, within(1e-12));
  }

  @Test
  void aMistakeBehindDoesNoHarm() {
    CocoAp ap = evaluate(List.of(truth(1, 0, 10)), found(1, .7, 50, 10), found(1, .8, 0, 10));
    assertThat(ap.ap()).isEqualTo(1);
  }

  /** Of two detections of one object the second is a mistake. */
  @Test
  void oneObjectIsFoundOnce() {
    CocoAp ap =
        evaluate(
            List.of(truth(1, 0, 10), truth(2, 0, 10)),
            found(1, .9, 0, 10),
            found(1, .8, 0, 10),
            found(2, .7, 0, 10));
    assertThat(ap.ap()).isCloseTo((51 + 50 * 2 / 3.0) / 101, within(1e-12));
  }

  /** Width 100 and 80 of it covered: IoU .8, right at seven of ten thresholds. */
  @Test
  void thresholdsAreReachedInclusively() {
    CocoAp ap = evaluate(List.of(truth(1, 0, 100)), new ScoredBox(1, 7, .9, 0, 0, 80, 100));
    assertThat(ap.ap()).isCloseTo(.7, within(1e-12));
    assertThat(ap.ap50()).isEqualTo(1);
    assertThat(ap.ap75()).isEqualTo(1);
    CocoAp exact = evaluate(List.of(truth(1, 0, 100)), new ScoredBox(1, 7, .9, 0, 0, 75, 100));
    assertThat(exact.ap75()).isEqualTo(1);
  }

  @Test
  void aCrowdTakesAnyNumberAndCountsForNothing() {
    CocoAp ap =
        evaluate(
            List.of(crowd(1, 0, 100), truth(2, 0, 10)),
            found(1, .9, 0, 10),
            found(1, .8, 20, 10),
            found(2, .7, 0, 10));
    assertThat(ap.ap()).isEqualTo(1);
  }

  @Test
  void anObjectInACrowdIsPreferredToIt() {
    CocoAp ap = evaluate(List.of(crowd(1, 0, 100), truth(1, 0, 10)), found(1, .9, 0, 10));
    assertThat(ap.ap()).isEqualTo(1);
  }

  @Test
  void ofEqualScoresTheEarlierIsTheSurer() {
    List<TrueBox> one = List.of(truth(1, 0, 10));
    assertThat(evaluate(one, found(1, .9, 0, 10), found(1, .9, 50, 10)).ap()).isEqualTo(1);
    assertThat(evaluate(one, found(1, .9, 50, 10), found(1, .9, 0, 10)).ap())
        .isCloseTo(.5, within(1e-12));
  }

  @Test
  void onlyAHundredDetectionsOfACategoryInAnImage() {
    List<ScoredBox> many = new ArrayList<>();
    IntStream.range(0, 100).forEach(i -> many.add(found(1, .9, 1000 + 20 * i, 10)));
    many.add(found(1, .8, 0, 10));
    assertThat(evaluator(List.of(truth(1, 0, 10))).evaluate(many).ap()).isZero();
    many.remove(0);
    assertThat(evaluator(List.of(truth(1, 0, 10))).evaluate(many).ap()).isPositive();
  }

  @Test
  void areaRanges() {
    CocoEvaluator evaluator = evaluator(List.of(truth(1, 0, 20), truth(2, 0, 50)));
    List<ScoredBox> found = List.of(found(1, .9, 0, 20), found(2, .9, 200, 50));
    assertThat(evaluator.evaluate(Measure.BOXES, found, AreaRange.SMALL).ap()).isEqualTo(1);
    assertThat(evaluator.evaluate(Measure.BOXES, found, AreaRange.MEDIUM).ap()).isZero();
    assertThat(evaluator.evaluate(Measure.BOXES, found, AreaRange.LARGE).ap()).isNaN();
    assertThat(evaluator.evaluate(found).ap()).isCloseTo(51 / 101.0, within(1e-12));
  }

  @Test
  void categoriesWeighTheSame() {
    TrueBox dog = new TrueBox(1, 8, 0, 0, 10, 10, 100, false);
    CocoAp ap =
        evaluate(
            List.of(truth(1, 0, 10), truth(2, 0, 10), dog), new ScoredBox(1, 8, .1, 0, 0, 10, 10));
    assertThat(ap.ap()).isEqualTo(.5);
    assertThat(ap.perCategory()).containsEntry(7L, 0.0).containsEntry(8L, 1.0);
  }

  @Test
  void aDetectionInNoImageIsAMistakeOfTheProgram() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluate(List.of(truth(1, 0, 10)), found(3, .9, 0, 10)))
        .withMessageContaining("image 3");
    assertThatIllegalArgumentException().isThrownBy(() -> found(1, Double.NaN, 0, 10));
  }
}
