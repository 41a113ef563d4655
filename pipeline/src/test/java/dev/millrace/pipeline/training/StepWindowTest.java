package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepWindowTest {

  private static Map<String, Float> losses(float first, float second) {
    Map<String, Float> losses = new LinkedHashMap<>();
    losses.put("loss_cls", first);
    losses.put("loss_box_reg", second);
    return losses;
  }

  @Test
  void aLineHasTheMeansOfItsSteps() {
    StepWindow window = new StepWindow();
    assertThat(window.isEmpty()).isTrue();
    window.add(losses(1, 0.5f), 4, 0.25, 0.125);
    window.add(losses(2, 1.5f), 8, 0.75, 0.375);
    assertThat(window.isEmpty()).isFalse();
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("total_loss", 2.5);
    expected.put("loss_cls", 1.5);
    expected.put("loss_box_reg", 1.0);
    expected.put("gradient_norm", 6.0);
    expected.put("time", 0.5);
    expected.put("data_time", 0.25);
    assertThat(window.drain()).containsExactlyEntriesOf(expected);
  }

  @Test
  void theNextLineKnowsNothingOfTheOneBefore() {
    StepWindow window = new StepWindow();
    window.add(losses(100, 100), 100, 100, 100);
    window.drain();
    assertThat(window.isEmpty()).isTrue();
    window.add(Map.of("loss_mask", 0.5f), 1, 2, 0.5);
    assertThat(window.drain())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "total_loss", 0.5,
                "loss_mask", 0.5,
                "gradient_norm", 1.0,
                "time", 2.0,
                "data_time", 0.5));
  }
}
