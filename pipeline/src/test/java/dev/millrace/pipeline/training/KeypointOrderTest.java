package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeypointOrderTest {

  private static int[] mirrored(KeypointOrder order) {
    return IntStream.range(0, order.size()).map(order::mirrored).toArray();
  }

  /** Detectron2's indices of {@code keypoints_coco_2017_train}. */
  @Test
  void ofAPersonTheyAreKnown() {
    assertThat(mirrored(KeypointOrder.of(17, null, true)))
        .containsExactly(0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15);
  }

  @Test
  void ofOthersTheyAreSaid() {
    assertThat(mirrored(KeypointOrder.of(4, List.of(List.of(3, 1)), true)))
        .containsExactly(0, 3, 2, 1);
    assertThat(mirrored(KeypointOrder.of(17, List.of(), true)))
        .isEqualTo(IntStream.range(0, 17).toArray());
    assertThat(mirrored(KeypointOrder.of(4, null, false))).containsExactly(0, 1, 2, 3);
    assertThatThrownBy(() -> KeypointOrder.of(4, null, true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training.input.keypointFlipPairs")
        .hasMessageContaining("the model's 4 keypoints");
  }

  @Test
  void withoutKeypointsThereAreNoPairs() {
    assertThat(KeypointOrder.of(0, null, true).size()).isZero();
    assertThatThrownBy(() -> KeypointOrder.of(0, List.of(List.of(0, 1)), true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the model has no keypoint head");
  }

  @Test
  void pairsAreOfTwoDifferentOnesEachOnce() {
    for (List<List<Integer>> wrong :
        List.of(
            List.of(List.of(0, 4)),
            List.of(List.of(-1, 2)),
            List.of(List.of(1, 1)),
            List.of(List.of(1)),
            List.of(List.of(0, 1), List.of(1, 2)))) {
      assertThatThrownBy(() -> KeypointOrder.of(4, wrong, true))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("two numbers from 0 to 3")
          .hasMessageContaining(wrong.toString());
    }
  }
}
