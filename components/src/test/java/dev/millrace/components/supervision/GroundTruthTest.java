package dev.millrace.components.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class GroundTruthTest {

  private static final float[] CANDIDATES = {
    0, 0, 10, 10, // wholly inside
    15, 0, 25, 10, // half inside
    14, 0, 24, 10, // more than half
    60, 60, 90, 90, // elsewhere
    0, 0, 10, 10, // inside, but an object
  };

  @Test
  void backgroundInsideWhatIsIgnoredIsLeftOut() {
    GroundTruth truth = new GroundTruth(new float[0], new int[0], new float[] {0, 0, 20, 20});
    int[] labels = {0, 0, 0, 0, 1};
    assertThat(truth.withoutIgnored(labels, CANDIDATES, 0)).containsExactly(-1, 0, -1, 0, 1);
    assertThat(labels).containsExactly(0, 0, 0, 0, 1);
    assertThat(truth.withoutIgnored(new int[] {5, 5, 5, 5, 0}, CANDIDATES, 5))
        .containsExactly(-1, 5, -1, 5, 0);
  }

  @Test
  void nothingIgnoredChangesNothing() {
    int[] labels = {0, 0, -1, 1, 1};
    assertThat(new GroundTruth(new float[4], new int[1]).withoutIgnored(labels, CANDIDATES, 0))
        .isSameAs(labels);
  }

  @Test
  void numbersMustBeFourABox() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroundTruth(new float[5], new int[1]))
        .withMessageContaining("four numbers");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroundTruth(new float[4], new int[1], new float[3]));
  }
}
