package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.training.TrainableModel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnreachedTest {

  /** The gradients of three parameters in a step. */
  private static void see(Unreached unreached, float always, float atTimes, float never) {
    NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    gradients.put("a.weight", manager.create(new float[] {0, always}));
    gradients.put("b.weight", manager.create(new float[] {atTimes, 0}, new Shape(2, 1)));
    gradients.put("c.weight", manager.create(never));
    try (TrainableModel.Gradients found =
        new TrainableModel.Gradients(Map.of(), gradients, manager)) {
      unreached.see(found);
    }
  }

  @Test
  void aParameterIsReachedOnceAnyStepPulledAtIt() {
    Unreached unreached = new Unreached();
    see(unreached, 1e-30f, 0, 0);
    assertThat(unreached.names()).containsExactly("b.weight", "c.weight");
    see(unreached, 0, -2, 0);
    assertThat(unreached.names()).containsExactly("c.weight");
    see(unreached, 0, 0, 0);
    assertThat(unreached.names()).containsExactly("c.weight");
  }
}
