package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.checkpoint.ParameterReport.Origin;
import dev.millrace.components.testing.Assets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** torchvision's detectors under Detectron2's names, value for value. */
class TorchvisionNamesTest {

  @TempDir Path folder;

  private static Map<String, long[]> shapes(Map<String, Tensor> model) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    model.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  private static ParameterReport match(Map<String, long[]> model, Map<String, Tensor> file) {
    Checkpoint checkpoint =
        new Checkpoint(Path.of("net.pth"), "00", file, Map.of(), Map.of(), Naming.EXACT);
    return CheckpointLoader.match(model, checkpoint, List.of(), List.of(), Set.of());
  }

  private static Map<String, Tensor> detectron2(String fixture) {
    Map<String, Tensor> all =
        new LinkedHashMap<>(
            Checkpoints.read(Assets.path("detectron2/" + fixture + "/checkpoint.pkl"))
                .parameters());
    all.keySet().removeIf(name -> name.startsWith("pixel_"));
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "02_faster_rcnn_R_50_FPN, 4",
    "05_retinanet_R_50_FPN, 3",
    "06_mask_rcnn_R_50_FPN, 4",
    "07_keypoint_rcnn_R_50_FPN, 4"
  })
  void everyParameterComesBack(String fixture, int levels) throws IOException {
    Map<String, Tensor> model = detectron2(fixture);
    for (boolean newer : new boolean[] {false, true}) {
      Map<String, Tensor> theirs = Torchvision.of(model, newer, levels);
      assertThat(theirs).hasSameSizeAs(model);
      assertThat(theirs.keySet()).noneMatch(name -> name.contains("bottom_up"));
      Path file = TorchFiles.archive(folder.resolve("net.pth"), theirs);
      ParameterReport report =
          CheckpointLoader.report(
              shapes(model),
              file,
              new WeightsConfig(null, null, null, null, null, null, null),
              Set.of());
      report.orThrow("model.weights");
      model.forEach(
          (name, tensor) ->
              assertThat(report.matched().get(name).data()).as(name).isEqualTo(tensor.data()));
      assertThat(report.unused()).isEmpty();
      assertThat(report.origins().get("backbone.bottom_up.stem.conv1.weight"))
          .isEqualTo(new Origin("backbone.body.conv1.weight", "torchvision's name, RGB to BGR"));
    }
  }

  private static final Tensor ONE = Tensor.of(new float[] {1}, 1);

  /** The second versions have normalisations, which shift the numbers of layers. */
  @ParameterizedTest
  @CsvSource({
    "backbone.fpn.inner_blocks.0.1.running_var, backbone.fpn_lateral4.norm.running_var",
    "backbone.fpn.layer_blocks.1.0.weight, backbone.fpn_output5.weight",
    "rpn.head.conv.0.0.weight, proposal_generator.rpn_head.conv.conv0.weight",
    "rpn.head.conv.1.0.bias, proposal_generator.rpn_head.conv.conv1.bias",
    "roi_heads.box_head.0.0.weight, roi_heads.box_head.conv1.weight",
    "roi_heads.box_head.1.1.running_mean, roi_heads.box_head.conv2.norm.running_mean",
    "roi_heads.box_head.3.weight, roi_heads.box_head.fc1.weight",
    "roi_heads.box_head.5.bias, roi_heads.box_head.fc2.bias",
    "roi_heads.mask_head.2.0.weight, roi_heads.mask_head.mask_fcn3.weight",
    "roi_heads.mask_head.2.1.weight, roi_heads.mask_head.mask_fcn3.norm.weight",
    "head.classification_head.conv.0.0.weight, head.cls_subnet.0.weight",
    "head.classification_head.conv.3.0.weight, head.cls_subnet.9.weight",
    "head.classification_head.conv.3.1.bias, head.cls_subnet.10.bias",
    "head.regression_head.conv.1.0.weight, head.bbox_subnet.3.weight",
    "head.regression_head.bbox_ctrness.bias, head.ctrness.bias",
    "something.else, something.else"
  })
  void newerLayersWithNormalisations(String theirs, String ours) {
    Map<String, Tensor> file = new LinkedHashMap<>();
    for (String name :
        List.of(
            "backbone.body.conv1.weight",
            "backbone.fpn.inner_blocks.0.0.weight",
            "backbone.fpn.inner_blocks.1.0.weight",
            "rpn.head.conv.0.0.weight",
            "rpn.head.conv.1.0.weight",
            "roi_heads.box_head.0.0.weight",
            "roi_heads.box_head.1.0.weight",
            "head.classification_head.conv.0.1.weight",
            theirs)) {
      file.put(name, ONE);
    }
    FileNames names =
        new FileNames(
            new Checkpoint(Path.of("net.pth"), "00", file, Map.of(), Map.of(), Naming.EXACT));
    assertThat(names.entries())
        .filteredOn(entry -> entry.file().equals(theirs))
        .extracting(FileNames.Entry::name)
        .containsExactly(ours);
  }

  /** FCOS has one anchor and, between its layers, normalisations without a level of their own. */
  @Test
  void fcos() {
    Map<String, Tensor> file = new LinkedHashMap<>();
    file.put("backbone.body.conv1.weight", ONE);
    file.put("head.classification_head.conv.4.weight", ONE);
    file.put("head.classification_head.cls_logits.bias", Tensor.of(new float[] {9, 1, 2}, 3));
    file.put("head.regression_head.bbox_reg.weight", Tensor.of(new float[] {1, 2, 3, 4}, 4));
    Map<String, long[]> model = new LinkedHashMap<>();
    model.put("backbone.bottom_up.stem.conv1.weight", new long[] {1});
    model.put("head.cls_subnet.4.weight", new long[] {1});
    model.put("head.cls_score.bias", new long[] {2});
    model.put("head.bbox_pred.weight", new long[] {4});
    ParameterReport report = match(model, file).orThrow("w");
    assertThat(report.matched().get("head.cls_score.bias").floats()).containsExactly(1, 2);
    assertThat(report.matched().get("head.bbox_pred.weight").floats()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void resNetsForImageNetBecomeEndsOfNames() {
    Map<String, Tensor> file = new LinkedHashMap<>();
    file.put("conv1.weight", Tensor.of(new float[] {1, 2, 3}, 1, 3, 1, 1));
    file.put("bn1.running_var", ONE);
    file.put("bn1.num_batches_tracked", ONE);
    file.put("layer1.0.conv1.weight", ONE);
    file.put("layer3.1.bn2.bias", ONE);
    file.put("layer4.0.downsample.1.weight", ONE);
    file.put("fc.weight", ONE);
    Map<String, long[]> model = new LinkedHashMap<>();
    model.put("backbone.bottom_up.stem.conv1.weight", new long[] {1, 3, 1, 1});
    for (String name :
        List.of(
            "stem.conv1.norm.running_var",
            "res2.0.conv1.weight",
            "res4.1.conv2.norm.bias",
            "res5.0.shortcut.norm.weight")) {
      model.put("backbone.bottom_up." + name, new long[] {1});
    }
    Checkpoint checkpoint =
        new Checkpoint(Path.of("net.pth"), "00", file, Map.of(), Map.of(), Naming.SUFFIXES);
    ParameterReport report =
        CheckpointLoader.match(model, checkpoint, List.of(), List.of("fc.*"), Set.of());
    report.orThrow("w");
    assertThat(report.matched().get("backbone.bottom_up.stem.conv1.weight").floats())
        .containsExactly(3, 2, 1);
    assertThat(report.describe())
        .contains(
            "net.pth: 5 parameters loaded, 0 initialised, 2 entries unused",
            "backbone.bottom_up.stem.conv1.weight            FLOAT32 [1, 3, 1, 1] <- conv1.weight"
                + " (torchvision's name, RGB to BGR, the end of the name)",
            "unused  fc.weight  [1] (ignore says to leave it out)",
            "unused  bn1.num_batches_tracked  [1] (a counter of use to training only)");
  }

  /** Values of odd shapes are left as they are, for the table of what does not fit. */
  @Test
  void valuesThatCannotBeTurnedRoundAreMisfits() {
    Map<String, Tensor> file = new LinkedHashMap<>();
    file.put("backbone.body.conv1.weight", Tensor.of(new float[] {1}));
    file.put("roi_heads.box_predictor.cls_score.bias", Tensor.of(new float[0], 0));
    file.put("roi_heads.box_predictor.bbox_pred.bias", Tensor.of(new float[3], 3));
    file.put("head.regression_head.bbox_reg.weight", Tensor.of(new float[36], 36));
    file.put("head.classification_head.cls_logits.bias", Tensor.of(new float[10], 10));
    Map<String, long[]> model = new LinkedHashMap<>();
    model.put("head.cls_score.bias", new long[] {9});
    ParameterReport report = match(model, file);
    assertThat(report.names(ParameterReport.Trouble.MISSHAPEN))
        .containsExactly("head.cls_score.bias");
    assertThat(report.names(ParameterReport.Trouble.SURPLUS)).hasSize(4);
  }
}
