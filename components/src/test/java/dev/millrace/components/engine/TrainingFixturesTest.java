package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.supervision.Boxes;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.LabelSampler;
import dev.millrace.components.supervision.Matcher;
import dev.millrace.components.supervision.ObjectMask;
import dev.millrace.components.supervision.Polygons;
import dev.millrace.components.supervision.Shuffle;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Detectron2;
import dev.millrace.components.testing.Npy;
import dev.millrace.components.training.Sgd;
import dev.millrace.components.training.TrainableModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One training step of Detectron2's own models: the same losses and gradients, and the same losses
 * along three steps of SGD.
 */
class TrainingFixturesTest {

  /** What Detectron2 chose when its {@code torch.randperm} was replaced by {@code arange}. */
  private static final Shuffle IN_ORDER = n -> IntStream.range(0, n).toArray();

  @ParameterizedTest
  @ValueSource(
      strings = {"01_faster_rcnn_R_18_FPN", "02_faster_rcnn_R_50_FPN", "06_mask_rcnn_R_50_FPN"})
  void lossesGradientsAndStepsOfDescent(String fixture) throws IOException {
    Path folder = Assets.path("detectron2/" + fixture + "/training");
    JsonNode manifest = JsonMapper.shared().readTree(folder.resolve("manifest.json").toFile());
    Detectron2 d2 = Detectron2.of(fixture);
    ImageBatch batch = batch(d2);
    Models.plan(d2.model, batch.height(), batch.width());
    Set<String> frozen = new HashSet<>();
    manifest.get("frozen_parameters").forEach(name -> frozen.add(name.asString()));
    Map<String, Tensor> values =
        Checkpoints.read(Assets.path("detectron2/" + fixture + "/checkpoint.pkl")).parameters();
    List<GroundTruth> truth = new ArrayList<>();
    manifest.get("ground_truth").forEach(image -> truth.add(truth(image)));

    double worstLoss = 0;
    double worstGradient = 0;
    try (TrainableModel model =
        new TrainableModel(d2.model, values, frozen::contains, Engines.pyTorch(), Device.cpu())) {
      Sgd sgd = new Sgd(model, 0.9, name -> 0);
      for (JsonNode expected : manifest.get("sgd").get("losses_before_step")) {
        try (TrainableModel.Gradients found = model.gradients(batch, truth, IN_ORDER)) {
          Set<String> names = new HashSet<>();
          for (Map.Entry<String, JsonNode> loss : expected.properties()) {
            names.add(loss.getKey());
            double theirs = loss.getValue().asDouble();
            double error = Math.abs(found.losses().get(loss.getKey()) - theirs) / theirs;
            assertThat(error).as(loss.getKey()).isLessThanOrEqualTo(1e-4);
            worstLoss = Math.max(worstLoss, error);
          }
          assertThat(found.losses().keySet()).isEqualTo(names);
          if (sgd.state().isEmpty()) {
            for (Map.Entry<String, JsonNode> g : manifest.get("gradients").properties()) {
              Npy theirs = Npy.read(folder.resolve(g.getValue().get("file").asString()));
              NDArray ours = found.gradients().get(g.getKey());
              double error = relativeError(ours.toFloatArray(), theirs.floats());
              assertThat(error).as(g.getKey()).isLessThanOrEqualTo(1e-3);
              worstGradient = Math.max(worstGradient, error);
            }
            assertThat(found.total())
                .isCloseTo((float) manifest.get("total").asDouble(), within(1e-3f));
          }
          sgd.step(found.gradients(), 1e-4);
        }
      }
      assertThat(model.values().get(frozen.iterator().next()).floats())
          .isEqualTo(values.get(frozen.iterator().next()).floats());
    }
    System.out.printf(
        "%s training: worst relative error of a loss %.1e, of a gradient %.1e%n",
        fixture, worstLoss, worstGradient);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"01_faster_rcnn_R_18_FPN", "02_faster_rcnn_R_50_FPN", "06_mask_rcnn_R_50_FPN"})
  void theSameLabelsAndTheSameSamples(String fixture) throws IOException {
    Path folder = Assets.path("detectron2/" + fixture + "/training");
    JsonNode manifest = JsonMapper.shared().readTree(folder.resolve("manifest.json").toFile());
    Detectron2 d2 = Detectron2.of(fixture);
    ImageBatch batch = batch(d2);
    float[] anchors = d2.anchors(batch.height(), batch.width());
    for (int n = 0; n < 2; n++) {
      GroundTruth truth = truth(manifest.get("ground_truth").get(n));
      Matcher.Matches matches =
          Detectron2.RPN_TRAINING.anchorMatcher().match(truth.boxes(), anchors);
      assertThat(matches.labels()).isEqualTo(ints(folder, "rpn_labels_before_sampling_" + n));
      assertThat(Boxes.pick(truth.boxes(), matches.objects()))
          .isEqualTo(Npy.read(folder.resolve("rpn_matched_gt_boxes_" + n + ".npy")).floats());
      LabelSampler.Sample anchorSample =
          Detectron2.RPN_TRAINING.sampler().sample(matches.labels(), 0, IN_ORDER);
      assertThat(anchorSample.positive()).isEqualTo(ints(folder, "rpn_sampled_positive_" + n));
      assertThat(anchorSample.negative()).isEqualTo(ints(folder, "rpn_sampled_negative_" + n));

      float[] proposals = Npy.read(folder.resolve("train_proposals_boxes_" + n + ".npy")).floats();
      RoiTraining.Labelled labelled =
          Detectron2.ROI_TRAINING.label(proposals, truth, Detectron2.CLASSES);
      assertThat(labelled.classes()).isEqualTo(ints(folder, "roi_labels_before_sampling_" + n));
      LabelSampler.Sample sample =
          Detectron2.ROI_TRAINING.sample(labelled, Detectron2.CLASSES, IN_ORDER);
      assertThat(sample.positive()).isEqualTo(ints(folder, "roi_sampled_positive_" + n));
      assertThat(sample.negative()).isEqualTo(ints(folder, "roi_sampled_negative_" + n));
      assertThat(labelled.trueBoxes(truth, sample.all()))
          .isEqualTo(Npy.read(folder.resolve("roi_sampled_gt_boxes_" + n + ".npy")).floats());
    }
  }

  /**
   * Between the passes the collector runs and its direct memory is written over: whatever the
   * backward pass still reads must be held.
   */
  @Test
  void gradientsSurviveACollectionBetweenThePasses() throws IOException {
    String fixture = "01_faster_rcnn_R_18_FPN";
    Map<String, Tensor> values =
        Checkpoints.read(Assets.path("detectron2/" + fixture + "/checkpoint.pkl")).parameters();
    GroundTruth truth =
        new GroundTruth(new float[] {4.5f, 88, 136, 184, 88, 6, 172, 70}, new int[] {3, 7});
    Detectron2 d2 = Detectron2.of(fixture);
    ImageBatch batch = batch(d2);
    Models.plan(d2.model, batch.height(), batch.width());
    try (TrainableModel model =
            new TrainableModel(d2.model, values, n -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients calm = model.gradients(batch, List.of(truth, truth), IN_ORDER)) {
      Shuffle collecting =
          n -> {
            // called in the middle of the pass, after the RPN's and before the heads' losses
            System.gc();
            for (int i = 0; i < 2000; i++) {
              ByteBuffer over = ByteBuffer.allocateDirect(64 << (i % 8));
              while (over.hasRemaining()) {
                over.put((byte) 0xff); // floats that are no numbers
              }
            }
            return IN_ORDER.permutation(n);
          };
      try (TrainableModel.Gradients disturbed =
          model.gradients(batch, List.of(truth, truth), collecting)) {
        calm.gradients()
            .forEach(
                (name, gradient) ->
                    assertThat(disturbed.gradients().get(name).toFloatArray())
                        .as(name)
                        .isEqualTo(gradient.toFloatArray()));
      }
    }
  }

  private static int[] ints(Path folder, String name) throws IOException {
    float[] values = Npy.read(folder.resolve(name + ".npy")).floats();
    return IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
  }

  private static ImageBatch batch(Detectron2 d2) throws IOException {
    List<InputImage> images = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      images.add(new ResizeShortestEdge(192, 320).preprocess(Detectron2Run.resized(i)));
    }
    return new BatchBuffer().fill(images, d2.model.sizeDivisibility());
  }

  private static GroundTruth truth(JsonNode image) {
    float[] boxes = new float[4 * image.get("boxes").size()];
    int[] classes = new int[image.get("classes").size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = image.get("classes").get(i).asInt();
      for (int k = 0; k < 4; k++) {
        boxes[4 * i + k] = (float) image.get("boxes").get(i).get(k).asDouble();
      }
    }
    List<ObjectMask> masks = new ArrayList<>();
    for (JsonNode polygons : image.path("polygons")) {
      List<double[]> parts = new ArrayList<>();
      polygons.forEach(
          part ->
              parts.add(
                  IntStream.range(0, part.size())
                      .mapToDouble(i -> part.get(i).asDouble())
                      .toArray()));
      masks.add(new Polygons(parts));
    }
    return new GroundTruth(boxes, classes, new float[0], masks, new float[0]);
  }

  private static double relativeError(float[] ours, float[] theirs) {
    assertThat(ours).hasSameSizeAs(theirs);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < ours.length; i++) {
      difference += Math.pow(ours[i] - theirs[i], 2);
      norm += Math.pow(theirs[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
