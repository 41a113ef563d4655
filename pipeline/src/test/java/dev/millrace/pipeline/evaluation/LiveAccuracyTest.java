package dev.millrace.pipeline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Boxes are 10 high and begin at (x, 0); a shift of 10/3 makes an IoU of .5. */
class LiveAccuracyTest {

  private static final List<TrueObject> NOTHING = List.of();

  private final LiveAccuracy accuracy = new LiveAccuracy(List.of("person", "car"), 3);

  private static TrueObject there(String label, float x, float width) {
    return new TrueObject(x, 0, x + width, 10, label, 7, 1, 1, 10 * width);
  }

  private static DetectedObject found(String label, double score, float x, float width) {
    return new DetectedObject(List.of(x, 0f, x + width, 10f), label, 99, (float) score, null);
  }

  private Judgement judge(
      List<TrueObject> objects, List<TrueObject> ignored, DetectedObject... detections) {
    return accuracy.add(new GroundTruth(640, 360, objects, ignored), List.of(detections));
  }

  @Test
  void whatIsThereIsFoundByItsLabelWhateverItsNumber() {
    assertThat(
            judge(
                List.of(there("person", 0, 10), there("car", 100, 40)),
                NOTHING,
                found("car", .7, 100, 40),
                found("person", .9, 1, 10)))
        .isEqualTo(new Judgement(2, 0, 0));
  }

  @Test
  void ofTwoDetectionsOfOneObjectOneIsWrong() {
    Judgement twice =
        judge(
            List.of(there("person", 0, 10)),
            NOTHING,
            found("person", .6, 0, 10),
            found("person", .9, 1, 10));
    assertThat(twice).isEqualTo(new Judgement(1, 1, 0));
    assertThat(twice.precision()).isEqualTo(.5);
    assertThat(twice.recall()).isEqualTo(1);
  }

  @Test
  void anotherClassFindsNothing() {
    Judgement judgement = judge(List.of(there("person", 0, 10)), NOTHING, found("car", .9, 0, 10));
    assertThat(judgement).isEqualTo(new Judgement(0, 1, 1));
    assertThat(judgement.precision()).isZero();
    assertThat(judgement.recall()).isZero();
  }

  /** Over the detection's area: a small box in a large ignored one lies wholly in it. */
  @Test
  void whatIsIgnoredCountsNeitherForNorAgainst() {
    assertThat(
            judge(
                List.of(there("person", 200, 10)),
                List.of(there("person", 0, 100)),
                found("person", .9, 0, 10),
                found("person", .8, 50, 10)))
        .isEqualTo(new Judgement(0, 0, 1));
    assertThat(judge(NOTHING, List.of(there("person", 0, 100)), found("car", .9, 0, 10)))
        .isEqualTo(new Judgement(0, 1, 0));
  }

  @Test
  void anObjectThatNobodyFindsIsMissed() {
    Judgement judgement =
        judge(
            List.of(there("car", 0, 30), there("car", 100, 30), there("car", 200, 30)),
            NOTHING,
            found("car", .9, 100, 30));
    assertThat(judgement).isEqualTo(new Judgement(1, 0, 2));
    assertThat(judgement.recall()).isCloseTo(1 / 3.0, within(1e-12));
  }

  @Test
  void inAnEmptyFrameEverythingIsWrongAndNothingIsFine() {
    assertThat(judge(NOTHING, NOTHING, found("car", .9, 0, 30))).isEqualTo(new Judgement(0, 1, 0));
    Judgement nothing = judge(NOTHING, NOTHING);
    assertThat(nothing).isEqualTo(Judgement.NONE);
    assertThat(nothing.precision()).isNaN();
    assertThat(nothing.recall()).isNaN();
    assertThat(accuracy.ap50()).isNaN();
  }

  @Test
  void halfOfTheUnionIsEnough() {
    List<TrueObject> one = List.of(there("car", 0, 30));
    assertThat(judge(one, NOTHING, found("car", .9, 10, 30)).right()).isEqualTo(1);
    assertThat(judge(one, NOTHING, found("car", .9, 10.1f, 30)).right()).isZero();
  }

  @Test
  void labelsThatTheTruthNeverNamesAreLeftOut() {
    assertThat(
            judge(
                List.of(there("person", 0, 10)),
                NOTHING,
                found("traffic light", .9, 0, 10),
                found("dog", .9, 50, 10)))
        .isEqualTo(new Judgement(0, 0, 1));
    assertThat(accuracy.leftOut()).isEqualTo(2);
  }

  /** Person: a surer mistake, then one of two. Car: found. COCO's 101 recalls. */
  @Test
  void ap50IsTheMeanOverTheClasses() {
    judge(List.of(there("person", 0, 10)), NOTHING, found("person", .95, 50, 10));
    judge(
        List.of(there("person", 0, 10), there("car", 100, 30)),
        NOTHING,
        found("person", .9, 0, 10),
        found("car", .5, 100, 30));
    assertThat(accuracy.ap50()).isCloseTo((51 * .5 / 101 + 1) / 2, within(1e-12));
    assertThat(accuracy.total()).isEqualTo(new Judgement(2, 1, 1));
    assertThat(accuracy.frames()).isEqualTo(2);
  }

  @Test
  void ap50ForgetsTheOldestFramesAndTheTotalDoesNot() {
    judge(List.of(there("car", 0, 30)), NOTHING);
    for (int i = 0; i < 3; i++) {
      assertThat(accuracy.ap50()).isLessThan(1);
      judge(List.of(there("car", 0, 30)), NOTHING, found("car", .9, 0, 30));
    }
    assertThat(accuracy.ap50()).isEqualTo(1);
    assertThat(accuracy.total()).isEqualTo(new Judgement(3, 0, 1));
  }

  @Test
  void threadsMayJudgeAtOnce() {
    IntStream.range(0, 500)
        .parallel()
        .forEach(i -> judge(List.of(there("car", 0, 30)), NOTHING, found("car", .9, 0, 30)));
    assertThat(accuracy.total()).isEqualTo(new Judgement(500, 0, 0));
  }
}
