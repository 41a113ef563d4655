package dev.millrace.connectors.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.connectors.format.RunLengths;
import java.util.List;
import org.junit.jupiter.api.Test;

class DepthsTest {

  /** Columns 10 to 29 of 40; the rest in two parts, of which the left one is narrower. */
  @Test
  void aPlaceIsWhereAMaskIsWidest() {
    RunLengths band = RunLengths.of(20, 40, 200, 400, 200);
    RunLengths first = RunLengths.of(20, 40, 0, 160, 40, 0, 600);
    List<Depths.Place> places = Depths.of(40, 20, List.of(band, first));
    assertThat(places.get(0).depth()).isEqualTo(10);
    assertThat(places.get(0).x()).isBetween(19f, 20f);
    assertThat(places.get(0).y()).isBetween(9f, 10f);
    assertThat(places.get(1).depth()).isEqualTo(4);
    assertThat(places.get(1).x()).isBetween(3f, 4f);
  }

  @Test
  void whatIsCoveredOrEmptyHasNoDepth() {
    RunLengths all = RunLengths.of(3, 3, 0, 9);
    RunLengths none = RunLengths.of(3, 3, 9);
    assertThat(Depths.of(3, 3, List.of(all, none, all)))
        .extracting(Depths.Place::depth)
        .containsExactly(0f, 0f, 2f);
  }

  /** Over a coarser grid, and about right. */
  @Test
  void largePicturesToo() {
    RunLengths all = RunLengths.of(4000, 6000, 0, 24_000_000);
    Depths.Place place = Depths.of(6000, 4000, List.of(all)).get(0);
    assertThat(place.depth()).isCloseTo(2000, within(20f));
    assertThat(place.y()).isCloseTo(2000, within(20f));
    assertThat(place.x()).isBetween(1980f, 4020f);
  }
}
