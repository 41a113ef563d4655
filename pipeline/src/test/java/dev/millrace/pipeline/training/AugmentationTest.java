package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.pipeline.config.InputConfig;
import dev.millrace.pipeline.config.InputConfig.Flip;
import dev.millrace.pipeline.config.InputConfig.Sampling;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  private static final Preprocessor SAME = new ResizeShortestEdge(20, 40);
  private static final Lessons LESSONS = Lessons.boxes(Map.of(7L, 0, 9L, 1));

  /** 40 x 20, black but for a white rectangle at 4..12 x 6..10. */
  private static LabelledFrame picture() {
    byte[] bgr = new byte[3 * 40 * 20];
    for (int y = 6; y < 10; y++) {
      for (int x = 4; x < 12; x++) {
        for (int c = 0; c < 3; c++) {
          bgr[3 * (y * 40 + x) + c] = (byte) 255;
        }
      }
    }
    return new LabelledFrame(
        new Frame(40, 20, bgr),
        List.of(
            new TrueBox(1, 9, 4, 6, 12, 10, 32, false),
            new TrueBox(1, 7, 0, 0, 40, 20, 800, true),
            new TrueBox(1, 7, 5, 5, 5, 9, 0, false),
            new TrueBox(1, 3, 1, 1, 9, 9, 64, false)));
  }

  private static InputConfig input(List<Integer> sizes, Sampling sampling, Flip flip) {
    return new InputConfig(sizes, sampling, 400, flip, true, false, null, null);
  }

  /** The white rectangle as the pixels have it. */
  private static float[] white(InputImage image) {
    int x1 = image.width();
    int y1 = image.height();
    int x2 = 0;
    int y2 = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        if ((image.pixels()[y * image.width() + x] & 255) > 127) {
          x1 = Math.min(x1, x);
          y1 = Math.min(y1, y);
          x2 = Math.max(x2, x + 1);
          y2 = Math.max(y2, y + 1);
        }
      }
    }
    return new float[] {x1, y1, x2, y2};
  }

  @Test
  void crowdsEmptyBoxesAndOtherClassesTeachNothing() {
    Sample sample =
        new Augmentation(input(null, Sampling.CHOICE, Flip.NONE), SAME, LESSONS)
            .apply(picture(), new SplittableRandom(1));
    assertThat(sample.truth().boxes()).containsExactly(4, 6, 12, 10);
    assertThat(sample.truth().classes()).containsExactly(1);
    assertThat(sample.image().width()).isEqualTo(40);
  }

  @Test
  void crowdsAreIgnoredWhereAsked() {
    InputConfig config =
        new InputConfig(null, Sampling.CHOICE, 400, Flip.NONE, true, true, null, null);
    Sample sample =
        new Augmentation(config, SAME, LESSONS).apply(picture(), new SplittableRandom(1));
    assertThat(sample.truth().boxes()).containsExactly(4, 6, 12, 10);
    assertThat(sample.truth().ignored()).containsExactly(0, 0, 40, 20);
  }

  @Test
  void boxesStayOnWhatTheySurround() {
    for (Flip flip : Flip.values()) {
      Augmentation augmentation =
          new Augmentation(input(List.of(20, 40, 60), Sampling.CHOICE, flip), SAME, LESSONS);
      for (int seed = 0; seed < 24; seed++) {
        Sample sample = augmentation.apply(picture(), new SplittableRandom(seed));
        assertThat(sample.truth().boxes())
            .as("%s, %d", flip, seed)
            .isEqualTo(white(sample.image()));
      }
    }
  }

  @Test
  void everyOtherPictureIsMirrored() {
    Augmentation augmentation =
        new Augmentation(input(null, Sampling.CHOICE, Flip.HORIZONTAL), SAME, LESSONS);
    long mirrored =
        IntStream.range(0, 200)
            .filter(
                seed ->
                    augmentation.apply(picture(), new SplittableRandom(seed)).truth().boxes()[0]
                        == 28)
            .count();
    assertThat(mirrored).isBetween(70L, 130L);
  }

  @Test
  void sizesAreChosenFromAListOrARange() {
    assertThat(sizes(input(List.of(30, 50), Sampling.CHOICE, Flip.NONE)))
        .containsExactlyInAnyOrder(30, 50);
    assertThat(sizes(input(List.of(30, 34), Sampling.RANGE, Flip.NONE)))
        .containsExactlyInAnyOrder(30, 31, 32, 33, 34);
  }

  private static Set<Integer> sizes(InputConfig config) {
    Augmentation augmentation = new Augmentation(config, SAME, LESSONS);
    return IntStream.range(0, 100)
        .mapToObj(seed -> augmentation.apply(picture(), new SplittableRandom(seed)))
        .map(sample -> sample.image().height())
        .collect(Collectors.toSet());
  }
}
