package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.dataset.Datasets;
import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network as small as can be that is taught {@link Shapes}: their pixels and their keypoints. */
class MaskAndKeypointTrainingTest {

  private static final String CONFIG =
      """
      model:
        classes: [{name: rectangle, id: 1}, {name: ellipse, id: 2}]
        preprocessor: {name: ResizeShortestEdge, minSize: 64, maxSize: 64}
        architecture:
          name: GeneralizedRcnn
          backbone: {name: ResNet, depth: 18, stemOutChannels: 16, res2OutChannels: 16, norm: BN, outFeatures: [res3]}
          proposalGenerator:
            name: Rpn
            inFeatures: [res3]
            anchorGenerator: {name: DefaultAnchorGenerator, sizes: [[24, 40]], aspectRatios: [[0.5, 1.0, 2.0]]}
            head: {name: StandardRpnHead}
            postNmsTopk: 20
            training: {postNmsTopk: 60}
          roiHeads:
            name: StandardRoiHeads
            inFeatures: [res3]
            boxPooler: {resolution: 5, samplingRatio: 2}
            boxHead: {name: FastRcnnConvFcHead, fcDims: [64]}
            boxPredictor: {name: FastRcnnOutputLayers, testTopkPerImage: 5}
            maskPooler: {resolution: 7, samplingRatio: 2}
            maskHead: {name: MaskRcnnConvUpsampleHead, convDims: [16, 16]}
            keypointPooler: {resolution: 7, samplingRatio: 2}
            keypointHead: {name: KrcnnConvDeconvUpsampleHead, convDims: [32, 32]}
            training: {batchSizePerImage: 16}
        postprocessor: {name: DetectionPostprocessor}
        weights: {initialize: ["**"], seed: 3}
      engine: {device: cpu}
      training:
        train: {dataset: "%s"}
        test: {dataset: "%s"}
        solver: {imsPerBatch: 4, maxIter: 30, baseLr: 0.002, optimizer: adamw, warmupIters: 10, lrScheduler: warmup-cosine, checkpointPeriod: 5, weightDecayNorm: 0.0001}
        seed: 11
      """;

  @TempDir Path temp;
  private String config;

  private static final class Heard implements TrainingListener {
    final List<Map<String, Float>> losses = new ArrayList<>();
    final List<Map<Measure, CocoAp>> measured = new ArrayList<>();

    @Override
    public void step(
        int iteration, int maxIter, Map<String, Float> step, double rate, double secondsLeft) {
      losses.add(Map.copyOf(step));
    }

    @Override
    public void measuring(int iteration, int done, int pictures) {}

    @Override
    public void measured(int iteration, Map<Measure, CocoAp> ap) {
      measured.add(ap);
    }

    double mean(String loss, int from, int to) {
      return losses.subList(from, to).stream()
          .mapToDouble(step -> step.get(loss))
          .average()
          .orElseThrow();
    }
  }

  @BeforeEach
  void write() throws Exception {
    Shapes.write(temp.resolve("train"), 160, 1);
    Shapes.write(temp.resolve("test"), 24, 2);
    config = CONFIG.formatted(temp.resolve("train"), temp.resolve("test"));
  }

  private void run(
      String folder, boolean resume, Heard heard, BooleanSupplier stop, String... overrides)
      throws Exception {
    Path file = Files.writeString(temp.resolve("train.yaml"), config);
    Registries registries = StandardComponents.registries();
    LoadedConfig loaded = new ConfigLoader(temp).load(file, Arrays.asList(overrides), registries);
    TrainingSetup.of(
            loaded,
            registries,
            weights -> Optional.empty(),
            new Datasets(List.of()),
            "cpu",
            new TrainingFolder(temp.resolve(folder)),
            resume,
            heard)
        .run(stop);
  }

  private Map<String, Tensor> weights(String folder) {
    return Safetensors.read(temp.resolve(folder + "/model.safetensors")).tensors();
  }

  @Test
  void everyParameterOfTheHeadsLearnsAndTheLossesFall() throws Exception {
    Heard heard = new Heard();
    run("begin", false, new Heard(), () -> true, "training.freeze=[\"roi_heads.**\"]");
    run("whole", false, heard, () -> false);
    assertThat(heard.losses.get(0).keySet())
        .containsExactlyInAnyOrder(
            "loss_rpn_cls",
            "loss_rpn_loc",
            "loss_cls",
            "loss_box_reg",
            "loss_mask",
            "loss_keypoint");
    assertThat(heard.mean("loss_mask", 25, 30)).isLessThan(heard.mean("loss_mask", 0, 5));
    assertThat(heard.mean("loss_keypoint", 25, 30)).isLessThan(heard.mean("loss_keypoint", 0, 5));
    Map<String, Tensor> before = weights("begin");
    List<String> heads = new ArrayList<>();
    weights("whole")
        .forEach(
            (name, tensor) -> {
              if (name.contains("mask_head") || name.contains("keypoint_head")) {
                heads.add(name);
                assertThat(tensor.floats()).as(name).isNotEqualTo(before.get(name).floats());
              }
            });
    assertThat(heads).hasSize(6 + 6);
    assertThat(MetricsLog.read(temp.resolve("whole/metrics.jsonl")))
        .anySatisfy(line -> assertThat(line).containsKeys("loss_mask", "loss_keypoint"));
  }

  @Test
  void aRunThatWasCutOffGoesOnAsIfNothingHadHappened() throws Exception {
    Heard whole = new Heard();
    run("whole", false, whole, () -> false, "training.solver.maxIter=8");
    Heard first = new Heard();
    Heard second = new Heard();
    run("cut", false, first, () -> first.losses.size() == 5, "training.solver.maxIter=8");
    run("cut", true, second, () -> false, "training.solver.maxIter=8");
    assertThat(first.losses).isEqualTo(whole.losses.subList(0, 5));
    assertThat(second.losses).isEqualTo(whole.losses.subList(5, 8));
    assertThat(second.measured).isEqualTo(whole.measured);
  }

  /**
   * What is left of a shape is told by its colour alone, so a wrong mirror would be no keypoint.
   */
  @Test
  @Tag("slow")
  void whatItHasLearntIsFoundInNewPictures() throws Exception {
    Heard heard = new Heard();
    run("long", false, heard, () -> false, "training.solver.maxIter=400");
    assertThat(heard.mean("loss_mask", 380, 400)).isLessThan(0.4 * heard.mean("loss_mask", 0, 5));
    Map<Measure, CocoAp> ap = heard.measured.get(0);
    assertThat(ap.get(Measure.MASKS).ap()).isGreaterThan(0.3);
    assertThat(ap.get(Measure.KEYPOINTS).ap()).isGreaterThan(0.3);
    assertThat(MetricsLog.read(temp.resolve("long/metrics.jsonl")))
        .anySatisfy(
            line ->
                assertThat(line).containsKeys("bbox/AP", "segm/AP", "segm/AP50", "keypoints/AP"));
    Heard wrong = new Heard();
    run(
        "wrong",
        false,
        wrong,
        () -> false,
        "training.solver.maxIter=400",
        "training.input.keypointFlipPairs=[]");
    assertThat(wrong.measured.get(0).get(Measure.KEYPOINTS).ap())
        .isLessThan(0.5 * ap.get(Measure.KEYPOINTS).ap());
  }

  @Test
  void aDatasetThatCannotTeachTheModelIsRefused() throws Exception {
    String streets =
        "training.train.dataset=street://?split=train&images=20000&width=128&height=72";
    assertThatThrownBy(() -> run("boxes", false, new Heard(), () -> true, streets))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training.train.dataset")
        .hasMessageContaining("has a mask head")
        .hasMessageContaining("has an outline");
    String bare = "model.architecture.roiHeads.maskHead=null";
    String pool = "model.architecture.roiHeads.maskPooler=null";
    assertThatThrownBy(() -> run("boxes", false, new Heard(), () -> true, streets, bare, pool))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has a keypoint head")
        .hasMessageContaining("a labelled keypoint");
    String five = "model.architecture.roiHeads.keypointHead.numKeypoints=5";
    assertThatThrownBy(() -> run("five", false, new Heard(), () -> true, five))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training.input.keypointFlipPairs");
    assertThatThrownBy(
            () ->
                run("five", false, new Heard(), () -> true, five, "training.input.randomFlip=none"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the model has 5 keypoints, an object of the picture 0.png has 17.");
  }
}
