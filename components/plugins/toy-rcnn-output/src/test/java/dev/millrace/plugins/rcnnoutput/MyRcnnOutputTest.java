package dev.millrace.plugins.rcnnoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.roi.BoxPredictor;
import dev.millrace.components.modeling.roi.RoiSamples;
import dev.millrace.components.standard.StandardComponents;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MyRcnnOutputTest {

  private static final float[] LOGITS = {2, 0, 0, 0, 3, 0, 0, 0, 1};

  /** Three samples of two classes: the first class, the second, background. */
  private static Map<String, Float> losses(double gamma) {
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
      NDArray scores = manager.create(LOGITS, new Shape(3, 3));
      NDArray deltas = manager.zeros(new Shape(3, 8), DataType.FLOAT32);
      RoiSamples samples =
          new RoiSamples(
              1,
              new float[] {0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10},
              new int[] {0, 1, 2},
              new float[] {0, 0, 10, 10, 1, 0, 11, 10, 0, 0, 0, 0});
      Map<String, NDArray> found =
          new MyRcnnOutput(2, gamma).losses(new BoxPredictor.Predictions(scores, deltas), samples);
      assertThat(found.keySet()).containsExactlyInAnyOrder("loss_cls_focal", "loss_box_reg");
      return Map.of(
          "cls", found.get("loss_cls_focal").getFloat(),
          "box", found.get("loss_box_reg").getFloat());
    }
  }

  @Test
  void theLossIsThePapers() {
    double sum = 0;
    double plain = 0;
    for (int row = 0; row < 3; row++) {
      double all = 0;
      for (int k = 0; k < 3; k++) {
        all += Math.exp(LOGITS[3 * row + k]);
      }
      double p = Math.exp(LOGITS[4 * row]) / all;
      sum -= Math.pow(1 - p, 2) * Math.log(p) / 3;
      plain -= Math.log(p) / 3;
    }
    assertThat(losses(2).get("cls")).isCloseTo((float) sum, within(1e-5f));
    assertThat(losses(0).get("cls")).isCloseTo((float) plain, within(1e-5f));
    // The second box is to move right by a tenth of its width: weighted by 10, shared by 3 samples.
    assertThat(losses(2).get("box")).isCloseTo(1 / 3f, within(1e-5f));
  }

  @Test
  void bothNamesAreRegistered() {
    Registries registries =
        StandardComponents.registries().plugins(MyRcnnOutputTest.class.getClassLoader());
    assertThat(registries.of(BoxPredictor.class).entries())
        .extracting(entry -> entry.name())
        .contains("MyRcnnOutput");
    assertThat(registries.of(RoiHeads.class).entries())
        .extracting(entry -> entry.name())
        .contains("MyStandardRoiHeads");
  }
}
