package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.modeling.roi.KrcnnConvDeconvUpsampleHead;
import dev.millrace.components.modeling.roi.RoiSamples;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Polygons;
import dev.millrace.components.supervision.Shuffle;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Detectron2;
import dev.millrace.components.training.TrainableModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses of masks, keypoints and cascades that no fixture has: against arithmetic and slopes. */
class RoiLossesTest {

  private static final Shuffle IN_ORDER = n -> IntStream.range(0, n).toArray();

  /** Two objects: their boxes, outlines and 17 keypoints each, the last ones not labelled. */
  private static GroundTruth truth(int classes) {
    float[] boxes = {20, 30, 120, 150, 130, 40, 220, 170};
    float[] keypoints = new float[2 * 17 * 3];
    Random random = new Random(1);
    for (int i = 0; i < 34; i++) {
      int box = 4 * (i / 17);
      keypoints[3 * i] = boxes[box] + random.nextFloat() * (boxes[box + 2] - boxes[box]);
      keypoints[3 * i + 1] =
          boxes[box + 1] + random.nextFloat() * (boxes[box + 3] - boxes[box + 1]);
      keypoints[3 * i + 2] = i % 17 < 12 ? 2 : 0;
    }
    return new GroundTruth(
        boxes,
        new int[] {0, classes - 1},
        new float[0],
        List.of(
            new Polygons(List.of(new double[] {20, 30, 120, 60, 70, 150})),
            new Polygons(List.of(new double[] {130, 40, 220, 40, 220, 170}))),
        keypoints);
  }

  private static ImageBatch batch(Detectron2 d2) {
    List<InputImage> images = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      images.add(new ResizeShortestEdge(192, 320).preprocess(Detectron2Run.resized(i)));
    }
    return new BatchBuffer().fill(images, d2.model.sizeDivisibility());
  }

  private static float total(
      Detectron2 d2, Map<String, Tensor> values, ImageBatch batch, GroundTruth truth) {
    try (TrainableModel model =
            new TrainableModel(d2.model, values, n -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found = model.gradients(batch, List.of(truth, truth), IN_ORDER)) {
      return found.total();
    }
  }

  /** A step along a gradient changes the sum of the losses by as much as it promises. */
  @ParameterizedTest
  @CsvSource({
    "07_keypoint_rcnn_R_50_FPN, 1, keypoint_head, loss_cls loss_box_reg loss_keypoint",
    "06_mask_rcnn_R_50_FPN, 20, mask_head, loss_cls loss_box_reg loss_mask",
    "08_cascade_mask_rcnn_R_50_FPN, 20, mask_head, loss_cls_stage0 loss_box_reg_stage0"
        + " loss_cls_stage1 loss_box_reg_stage1 loss_cls_stage2 loss_box_reg_stage2 loss_mask",
    "08_cascade_mask_rcnn_R_50_FPN, 20, box_predictor.2, loss_cls_stage0 loss_box_reg_stage0"
        + " loss_cls_stage1 loss_box_reg_stage1 loss_cls_stage2 loss_box_reg_stage2 loss_mask"
  })
  void gradientsAreSlopes(String fixture, int classes, String part, String losses) {
    Detectron2 d2 = Detectron2.of(fixture);
    ImageBatch batch = batch(d2);
    Models.plan(d2.model, batch.height(), batch.width());
    Map<String, Tensor> values =
        new LinkedHashMap<>(
            Checkpoints.read(Assets.path("detectron2/" + fixture + "/checkpoint.pkl"))
                .parameters());
    values.keySet().retainAll(d2.model.parameters().keySet());
    GroundTruth truth = truth(classes);
    Predicate<String> frozen = name -> !name.startsWith("roi_heads." + part);
    Map<String, Tensor> stepped = new LinkedHashMap<>(values);
    double slope = 0;
    try (TrainableModel model =
            new TrainableModel(d2.model, values, frozen, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found = model.gradients(batch, List.of(truth, truth), IN_ORDER)) {
      assertThat(found.losses().keySet())
          .containsAll(List.of(losses.split(" ")))
          .hasSize(losses.split(" ").length + 2)
          .contains("loss_rpn_cls", "loss_rpn_loc");
      assertThat(found.losses().values()).allMatch(loss -> loss > 0 && Float.isFinite(loss));
      double step = 1e-3 / norm(found.gradients());
      for (Map.Entry<String, NDArray> g : found.gradients().entrySet()) {
        float[] gradient = g.getValue().toFloatArray();
        float[] moved = values.get(g.getKey()).floats();
        for (int i = 0; i < moved.length; i++) {
          moved[i] -= (float) (step * gradient[i]);
          slope += step * gradient[i] * gradient[i];
        }
        stepped.put(g.getKey(), Tensor.of(moved, values.get(g.getKey()).shape()));
      }
    }
    float change = total(d2, values, batch, truth) - total(d2, stepped, batch, truth);
    assertThat(slope).isPositive();
    assertThat((double) change).isCloseTo(slope, within(0.05 * slope + 2e-6));
  }

  private static double norm(Map<String, NDArray> gradients) {
    double squares = 0;
    for (NDArray gradient : gradients.values()) {
      for (float g : gradient.toFloatArray()) {
        squares += (double) g * g;
      }
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @CsvSource({
    "06_mask_rcnn_R_50_FPN, loss_mask",
    "07_keypoint_rcnn_R_50_FPN, loss_keypoint",
    "08_cascade_mask_rcnn_R_50_FPN, loss_mask"
  })
  void picturesOfNothingTeachNothingOfMasks(String fixture, String loss) {
    Detectron2 d2 = Detectron2.of(fixture);
    ImageBatch batch = batch(d2);
    Models.plan(d2.model, batch.height(), batch.width());
    Map<String, Tensor> values =
        new LinkedHashMap<>(
            Checkpoints.read(Assets.path("detectron2/" + fixture + "/checkpoint.pkl"))
                .parameters());
    values.keySet().retainAll(d2.model.parameters().keySet());
    GroundTruth nothing = new GroundTruth(new float[0], new int[0]);
    GroundTruth boxesAlone = new GroundTruth(new float[] {20, 30, 120, 150}, new int[] {0});
    try (TrainableModel model =
        new TrainableModel(d2.model, values, n -> false, Engines.pyTorch(), Device.cpu())) {
      try (TrainableModel.Gradients found =
          model.gradients(batch, List.of(nothing, nothing), IN_ORDER)) {
        assertThat(found.losses().get(loss)).isZero();
        assertThat(found.total()).isFinite();
      }
      assertThatThrownBy(() -> model.gradients(batch, List.of(boxesAlone, nothing), IN_ORDER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("head with, found boxes alone");
    }
  }

  /** Cross entropy of the cells that hold a visible keypoint, by hand. */
  @Test
  void aKeypointsLossIsOfItsCell() {
    float[] boxes = {10, 10, 18, 26, 0, 0, 4, 4};
    // in cell (1, 2); on the far edges, so in the last cell; outside; not labelled
    float[] first = {12.5f, 19, 2, 18, 26, 1, 30, 30, 2, 12, 12, 0};
    float[] second = {0, 0, 1, 1, 1, 0, 3.9f, 0.1f, 2, -1, 2, 2};
    int side = 4;
    float[] logits = new float[2 * 4 * side * side];
    Random random = new Random(2);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    int[][] visible = {{0, 2 * side + 1}, {1, side * side - 1}, {4, 0}, {6, side - 1}};
    double expected = 0;
    for (int[] v : visible) {
      double sum = 0;
      for (int i = 0; i < side * side; i++) {
        sum += Math.exp(logits[v[0] * side * side + i]);
      }
      expected += (Math.log(sum) - logits[v[0] * side * side + v[1]]) / visible.length;
    }
    try (NDManager manager = Engines.pyTorch().newBaseManager()) {
      NDArray maps = manager.create(logits, new Shape(2, 4, side, side));
      RoiSamples samples = new RoiSamples(1, boxes, new int[2], new float[8]);
      Map<String, NDArray> found =
          new KrcnnConvDeconvUpsampleHead(4, List.of(8))
              .losses(maps, samples, List.of(first, second));
      assertThat(found.keySet()).containsExactly("loss_keypoint");
      assertThat((double) found.get("loss_keypoint").getFloat()).isCloseTo(expected, within(1e-6));
    }
  }
}
