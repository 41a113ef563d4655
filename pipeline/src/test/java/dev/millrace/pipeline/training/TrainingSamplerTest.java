package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.dataset.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingSamplerTest {

  private static List<Image> images(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Image(i, "i" + i, 40, 30)).toList();
  }

  private static List<Integer> draw(TrainingSampler sampler, int steps) {
    List<Integer> drawn = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      Arrays.stream(sampler.next()).forEach(drawn::add);
    }
    return drawn;
  }

  @Test
  void everyRoundShowsEachPictureOnceInAnotherOrder() {
    List<Integer> drawn = draw(new TrainingSampler(images(12), 1, 4, true, new Seeds(1)), 6);
    List<Integer> all = IntStream.range(0, 12).boxed().toList();
    assertThat(drawn.subList(0, 12)).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(all);
    assertThat(drawn.subList(12, 24)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(drawn.subList(12, 24)).isNotEqualTo(drawn.subList(0, 12));
  }

  @Test
  void theSeedDecides() {
    List<Integer> first = draw(new TrainingSampler(images(50), 1, 5, true, new Seeds(7)), 20);
    assertThat(draw(new TrainingSampler(images(50), 1, 5, true, new Seeds(7)), 20))
        .isEqualTo(first);
    assertThat(draw(new TrainingSampler(images(50), 1, 5, true, new Seeds(8)), 20))
        .isNotEqualTo(first);
  }

  @Test
  void picturesThatStandAreKeptFromThoseThatLie() {
    List<Image> mixed =
        IntStream.range(0, 20)
            .mapToObj(i -> new Image(i, "i" + i, i % 3 == 0 ? 30 : 40, i % 3 == 0 ? 40 : 30))
            .toList();
    TrainingSampler sampler = new TrainingSampler(mixed, 1, 4, true, new Seeds(1));
    for (int step = 0; step < 30; step++) {
      assertThat(Arrays.stream(sampler.next()).mapToObj(i -> i % 3 == 0).distinct()).hasSize(1);
    }
    TrainingSampler together = new TrainingSampler(mixed, 1, 4, false, new Seeds(1));
    assertThat(
            IntStream.range(0, 5)
                .anyMatch(
                    step -> Arrays.stream(together.next()).map(i -> i % 3).distinct().count() > 1))
        .isTrue();
  }

  @Test
  void neighboursAreDrawnCloseTogetherButNotInARow() {
    List<Integer> drawn = draw(new TrainingSampler(images(400), 4, 8, true, new Seeds(1)), 50);
    assertThat(new HashSet<>(drawn)).hasSize(400);
    int inARow = 0;
    for (int block = 0; block < 100; block++) {
      int first = 4 * block;
      List<Integer> places = IntStream.range(first, first + 4).map(drawn::indexOf).boxed().toList();
      assertThat(places.stream().mapToInt(p -> p).max().getAsInt())
          .isLessThan(places.stream().mapToInt(p -> p).min().getAsInt() + 32);
      inARow += places.equals(places.stream().sorted().toList()) ? 1 : 0;
    }
    assertThat(inARow).isLessThan(30);
    Set<Integer> scenesOfAStep = new HashSet<>();
    drawn.subList(0, 8).forEach(i -> scenesOfAStep.add(i / 4));
    assertThat(scenesOfAStep).hasSizeGreaterThan(3);
  }
}
