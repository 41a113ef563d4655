package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetOptions;
import dev.millrace.connectors.street.StreetSplit;
import dev.millrace.pipeline.config.InputConfig;
import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.StreetPictures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {

  private static final Seeds SEEDS = new Seeds(3);
  private static final Dataset STREETS =
      new StreetPictures(
          "streets",
          new StreetDataset(StreetSplit.TRAIN, 1, StreetOptions.DEFAULT.withSize(64, 36), 3),
          30);

  private static BatchLoader loader(Dataset dataset, long first, int workers) {
    InputConfig input =
        new InputConfig(
            List.of(36, 48),
            InputConfig.Sampling.RANGE,
            100,
            InputConfig.Flip.HORIZONTAL,
            true,
            false,
            null,
            workers);
    return new BatchLoader(
        dataset,
        new TrainingSampler(dataset.images(), dataset.neighbours(), 4, true, SEEDS),
        new Augmentation(
            input, new ResizeShortestEdge(36, 64), Lessons.boxes(Map.of(1L, 0, 3L, 1))),
        SEEDS,
        first,
        workers);
  }

  /** A hash of every picture of some steps. */
  private static List<Integer> steps(long first, int count, int workers)
      throws InterruptedException {
    List<Integer> hashes = new ArrayList<>();
    try (BatchLoader loader = loader(STREETS, first, workers)) {
      for (int i = 0; i < count; i++) {
        for (Sample sample : loader.next()) {
          hashes.add(
              Arrays.hashCode(sample.image().pixels())
                  + 31 * Arrays.hashCode(sample.truth().boxes()));
        }
      }
    }
    return hashes;
  }

  @Test
  void theSameBatchesWhateverTheThreadsAndWhereverItBegins() throws InterruptedException {
    List<Integer> whole = steps(0, 12, 1);
    assertThat(whole).hasSize(48);
    assertThat(steps(0, 12, 3)).isEqualTo(whole);
    assertThat(steps(7, 5, 2)).isEqualTo(whole.subList(28, 48));
  }

  @Test
  void aPictureThatBecomesTooLargeIsTold() {
    BatchLoader loader =
        new BatchLoader(
            STREETS,
            new TrainingSampler(STREETS.images(), STREETS.neighbours(), 4, true, SEEDS),
            new Augmentation(
                new InputConfig(
                    null,
                    InputConfig.Sampling.CHOICE,
                    1333,
                    InputConfig.Flip.NONE,
                    true,
                    false,
                    null,
                    1),
                new ResizeShortestEdge(2400, 6000),
                Lessons.boxes(Map.of())),
            SEEDS,
            0,
            1);
    try (loader) {
      assertThatThrownBy(loader::next)
          .isInstanceOf(ConfigException.class)
          .hasMessageMatching("streets: 0000\\d\\d.jpg: the frame of 64 x 36 would be resized .*");
    }
  }

  @Test
  void aPictureThatCannotBeUsedIsTold() {
    Dataset broken =
        new Dataset() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public List<Category> categories() {
            return STREETS.categories();
          }

          @Override
          public List<Image> images() {
            return STREETS.images();
          }

          @Override
          public LabelledFrame load(int index) {
            throw new ConfigException("a.jpg", "no picture.", null);
          }
        };
    try (BatchLoader loader = loader(broken, 0, 1)) {
      assertThatThrownBy(loader::next)
          .isInstanceOf(ConfigException.class)
          .hasMessage("a.jpg: no picture.");
    }
  }
}
