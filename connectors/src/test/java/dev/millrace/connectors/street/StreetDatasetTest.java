package dev.millrace.connectors.street;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StreetDatasetTest {
  private static final StreetOptions TINY = StreetOptions.DEFAULT.withSize(128, 72);

  @Test
  void noStreetIsInTwoSplits() {
    for (StreetSplit split : StreetSplit.values()) {
      LongStream.of(0, 1, 2, -1, Long.MIN_VALUE, Long.MAX_VALUE, 123456789L)
          .forEach(number -> assertThat(split.seed(number) & 3).isEqualTo(split.ordinal()));
    }
    Set<Long> seeds = new HashSet<>();
    for (StreetSplit split : StreetSplit.values()) {
      StreetDataset dataset = new StreetDataset(split, 9, TINY);
      IntStream.range(0, 5000).forEach(i -> seeds.add(dataset.sceneSeed(i)));
    }
    assertThat(seeds).hasSize(20_000);
  }

  @Test
  void anImageIsAFunctionOfSplitSeedAndIndex() {
    StreetDataset dataset = new StreetDataset(StreetSplit.TRAIN, 4, TINY);
    List<StreetFrame> images = IntStream.range(0, 8).mapToObj(dataset::image).toList();
    StreetDataset again = new StreetDataset(StreetSplit.TRAIN, 4, TINY);
    for (int i = 7; i >= 0; i--) {
      assertThat(again.image(i).bgr()).isEqualTo(images.get(i).bgr());
      assertThat(again.image(i).truth()).isEqualTo(images.get(i).truth());
    }
    assertThat(images.stream().map(f -> Arrays.hashCode(f.bgr())).distinct()).hasSize(8);
    assertThat(new StreetDataset(StreetSplit.TEST, 4, TINY).image(0).bgr())
        .isNotEqualTo(images.get(0).bgr());
    assertThat(new StreetDataset(StreetSplit.TRAIN, 5, TINY).image(0).bgr())
        .isNotEqualTo(images.get(0).bgr());
  }

  @Test
  void threadsMayShareIt() {
    StreetDataset dataset = new StreetDataset(StreetSplit.VALIDATION, 1, TINY);
    List<Integer> expected = hashes(IntStream.range(0, 24), dataset);
    assertThat(hashes(IntStream.range(0, 24).parallel(), dataset)).isEqualTo(expected);
  }

  private static List<Integer> hashes(IntStream indices, StreetDataset dataset) {
    return indices.mapToObj(i -> Arrays.hashCode(dataset.image(i).bgr())).toList();
  }

  @Test
  void optionsHoldForAllImages() {
    StreetDataset nights =
        new StreetDataset(StreetSplit.TRAIN, 4, TINY.withDaylight(Daylight.NIGHT));
    for (int i = 0; i < 6; i++) {
      long sum = 0;
      for (byte value : nights.image(i).bgr()) {
        sum += value & 255;
      }
      assertThat(sum / (3.0 * 128 * 72)).isBetween(10.0, 90.0);
    }
  }

  @Test
  void severalMomentsOfAStreetFollowEachOther() {
    StreetDataset one = new StreetDataset(StreetSplit.TRAIN, 4, TINY);
    StreetDataset four = new StreetDataset(StreetSplit.TRAIN, 4, TINY, 4);
    for (int street = 0; street < 3; street++) {
      assertThat(four.image(4 * street).bgr()).isEqualTo(one.image(street).bgr());
      assertThat(four.sceneSeed(4 * street + 3)).isEqualTo(one.sceneSeed(street));
    }
    List<Integer> expected = hashes(IntStream.range(0, 200), four);
    assertThat(new HashSet<>(expected)).hasSize(200);
    assertThat(hashes(IntStream.range(0, 200).parallel(), four)).isEqualTo(expected);
    StreetDataset again = new StreetDataset(StreetSplit.TRAIN, 4, TINY, 4);
    List<Integer> backwards =
        new ArrayList<>(hashes(IntStream.range(0, 200).map(i -> 199 - i), again));
    Collections.reverse(backwards);
    assertThat(backwards).isEqualTo(expected);
  }
}
