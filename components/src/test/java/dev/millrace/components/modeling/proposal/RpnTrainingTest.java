package dev.millrace.components.modeling.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Supervision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three anchors an image; the first is an object where there is one. */
class RpnTrainingTest {

  private static final float[] ANCHORS = {0, 0, 10, 10, 20, 20, 30, 30, 50, 50, 60, 60};
  private static final GroundTruth OBJECT =
      new GroundTruth(new float[] {0, 0, 10, 10}, new int[] {0});
  private static final GroundTruth NOTHING = new GroundTruth(new float[0], new int[0]);

  /** Of logits that are zero and deltas that are a half. */
  private static Map<String, Float> losses(GroundTruth... images) {
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
      Supervision supervision =
          new Supervision(List.of(images), n -> IntStream.range(0, n).toArray());
      NDArray logits = manager.zeros(new Shape(images.length, 3), DataType.FLOAT32);
      RpnTraining.STANDARD.losses(
          logits,
          manager.full(new Shape(images.length, 3, 4), 0.5f, DataType.FLOAT32),
          ANCHORS,
          new BoxTransform(1, 1, 1, 1),
          supervision);
      Map<String, Float> losses = new LinkedHashMap<>();
      supervision.losses().forEach((name, loss) -> losses.put(name, loss.getFloat()));
      return losses;
    }
  }

  /** Each of the images' 256 samples weighs the same, be they there or not. */
  private static void are(Map<String, Float> found, int images, int objects) {
    assertThat(found.keySet()).containsExactly("loss_rpn_cls", "loss_rpn_loc");
    assertThat((double) found.get("loss_rpn_cls"))
        .isCloseTo(3 * images * Math.log(2) / (256 * images), within(1e-7));
    assertThat((double) found.get("loss_rpn_loc"))
        .isCloseTo(4 * 0.5 * objects / (256 * images), within(1e-7));
  }

  @Test
  void oneImageIsABatch() {
    are(losses(OBJECT), 1, 1);
    are(losses(NOTHING), 1, 0);
  }

  @Test
  void imagesWithoutObjectsShowBackground() {
    are(losses(NOTHING, OBJECT), 2, 1);
    are(losses(OBJECT, NOTHING, OBJECT), 3, 2);
    are(losses(NOTHING, NOTHING), 2, 0);
  }
}
