package dev.millrace.pipeline.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.standard.StandardComponents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The configurations of Detectron2's model zoo are what an import makes of Detectron2's own values
 * for the model of that name.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZooConfigsTest {
  private static final Path CONFIGS = Path.of(System.getProperty("millrace.root"), "configs");
  private static final Map<String, String> FOLDERS =
      Map.of(
          "coco-detection", "COCO-Detection",
          "coco-instance-segmentation", "COCO-InstanceSegmentation",
          "coco-keypoints", "COCO-Keypoints",
          "coco-panoptic", "COCO-PanopticSegmentation");

  private static final List<String> ON_ONE_MAP =
      List.of("MODEL.ROI_HEADS.NAME: Res5ROIHeads", "MODEL.RPN.PRE_NMS_TOPK_TEST: 6000");
  private static final List<String> BOX_HEAD =
      List.of(
          "MODEL.ROI_HEADS.NAME: StandardROIHeads",
          "MODEL.ROI_BOX_HEAD.NAME: FastRCNNConvFCHead",
          "MODEL.ROI_BOX_HEAD.NUM_FC: 2",
          "MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION: 7",
          "MODEL.ROI_MASK_HEAD.NUM_CONV: 4");
  private static final List<String> DILATED =
      List.of(
          "MODEL.RESNETS.OUT_FEATURES: [res5]",
          "MODEL.RESNETS.RES5_DILATION: 2",
          "MODEL.RPN.IN_FEATURES: [res5]",
          "MODEL.ROI_HEADS.IN_FEATURES: [res5]");
  private static final List<String> PYRAMID =
      List.of(
          "MODEL.BACKBONE.NAME: build_resnet_fpn_backbone",
          "MODEL.RESNETS.OUT_FEATURES: [res2, res3, res4, res5]",
          "MODEL.FPN.IN_FEATURES: [res2, res3, res4, res5]",
          "MODEL.ANCHOR_GENERATOR.SIZES: [[32], [64], [128], [256], [512]]",
          "MODEL.RPN.IN_FEATURES: [p2, p3, p4, p5, p6]",
          "MODEL.RPN.PRE_NMS_TOPK_TRAIN: 2000",
          "MODEL.RPN.PRE_NMS_TOPK_TEST: 1000",
          "MODEL.RPN.POST_NMS_TOPK_TRAIN: 1000",
          "MODEL.ROI_HEADS.IN_FEATURES: [p2, p3, p4, p5]");
  private static final List<String> RETINANET =
      List.of(
          "MODEL.META_ARCHITECTURE: RetinaNet",
          "MODEL.BACKBONE.NAME: build_retinanet_resnet_fpn_backbone",
          "MODEL.RESNETS.OUT_FEATURES: [res3, res4, res5]",
          "MODEL.FPN.IN_FEATURES: [res3, res4, res5]",
          "MODEL.ANCHOR_GENERATOR.SIZES: !!python/object/apply:eval"
              + " [\"[[x, x * 2**(1.0/3), x * 2**(2.0/3)] for x in [32, 64, 128, 256, 512]]\"]",
          "MODEL.RETINANET.SMOOTH_L1_LOSS_BETA: 0.0");

  @TempDir Path temp;

  static Stream<Path> zoo() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : FOLDERS.keySet()) {
      try (Stream<Path> in = Files.list(CONFIGS.resolve(folder))) {
        in.forEach(files::add);
      }
    }
    return files.stream().sorted();
  }

  @Test
  void allAreThere() throws IOException {
    assertThat(zoo()).hasSize(32);
  }

  private static List<String> detectron2(String model) {
    List<String> lines = new ArrayList<>();
    if (model.startsWith("retinanet")) {
      lines.addAll(RETINANET);
    } else if (model.contains("_C4_")) {
      lines.addAll(ON_ONE_MAP);
    } else {
      lines.addAll(BOX_HEAD);
      lines.addAll(model.contains("_DC5_") ? DILATED : PYRAMID);
    }
    if (model.contains("mask_rcnn") || model.startsWith("panoptic")) {
      lines.add("MODEL.MASK_ON: True");
    }
    if (model.startsWith("cascade")) {
      lines.add("MODEL.ROI_HEADS.NAME: CascadeROIHeads");
      lines.add("MODEL.ROI_BOX_HEAD.CLS_AGNOSTIC_BBOX_REG: True");
      lines.add("MODEL.RPN.POST_NMS_TOPK_TRAIN: 2000");
    }
    if (model.startsWith("panoptic")) {
      lines.add("MODEL.META_ARCHITECTURE: PanopticFPN");
      lines.add("MODEL.SEM_SEG_HEAD.LOSS_WEIGHT: 0.5");
    }
    if (model.startsWith("keypoint")) {
      lines.add("MODEL.KEYPOINT_ON: True");
      lines.add("MODEL.ROI_HEADS.NUM_CLASSES: 1");
      lines.add("MODEL.ROI_BOX_HEAD.SMOOTH_L1_BETA: 0.5");
      lines.add("MODEL.RPN.POST_NMS_TOPK_TRAIN: 1500");
    }
    if (model.contains("_101_")) {
      lines.add("MODEL.RESNETS.DEPTH: 101");
    }
    if (model.contains("_X_")) {
      lines.add("MODEL.RESNETS.NUM_GROUPS: 32");
      lines.add("MODEL.RESNETS.WIDTH_PER_GROUP: 8");
      lines.add("MODEL.RESNETS.STRIDE_IN_1X1: False");
      lines.add("MODEL.PIXEL_STD: [57.375, 57.12, 58.395]");
    }
    return lines;
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void itIsWhatAnImportMakes(Path file) throws IOException {
    String model = file.getFileName().toString().replace(".yaml", "");
    Path theirs = Files.writeString(temp.resolve(model + ".yaml"), Dotted.yaml(detectron2(model)));
    Imported imported =
        new Detectron2Import(StandardComponents.registries()).read(theirs, ClassNames.STANDARD);
    assertThat(imported.essential()).isEmpty();
    Map<?, ?> ours = (Map<?, ?>) MergedYaml.of(CONFIGS, file).get("model");
    for (String key : List.of("classes", "preprocessor", "architecture", "postprocessor")) {
      assertThat(MergedYaml.plain(ours.get(key)))
          .as(key)
          .isEqualTo(MergedYaml.plain(imported.model().get(key)));
    }
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void itsWeightsAreDetectron2s(Path file) {
    Map<?, ?> ours = (Map<?, ?>) MergedYaml.of(CONFIGS, file).get("model");
    String folder =
        file.getFileName().toString().startsWith("cascade")
            ? "Misc"
            : FOLDERS.get(file.getParent().getFileName().toString());
    String model = file.getFileName().toString().replace(".yaml", "");
    assertThat(((Map<?, ?>) ours.get("weights")).get("url").toString())
        .matches(
            "https://dl\\.fbaipublicfiles\\.com/detectron2/%s/%s/\\d+/model_final_[0-9a-f]{6}\\.pkl"
                .formatted(folder, model));
  }
}
