package dev.millrace.pipeline.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.endtoend.Assets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Detectron2ImportTest {

  @TempDir Path folder;

  private final Registries registries =
      StandardComponents.registries().plugins(getClass().getClassLoader());

  private Imported read(String... lines) throws IOException {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, Dotted.yaml(List.of(lines)));
    return new Detectron2Import(registries).read(file, ClassNames.STANDARD);
  }

  private static Object at(Imported imported, String path) {
    Object value = imported.model();
    for (String key : path.split("\\.")) {
      value = ((Map<?, ?>) value).get(key);
    }
    return value;
  }

  /** What Detectron2 dumped of its models, and what a person may write of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "01_faster_rcnn_R_18_FPN",
        "02_faster_rcnn_R_50_FPN",
        "03_faster_rcnn_R_50_C4",
        "04_faster_rcnn_R_50_DC5",
        "05_retinanet_R_50_FPN",
        "06_mask_rcnn_R_50_FPN",
        "07_keypoint_rcnn_R_50_FPN",
        "08_cascade_mask_rcnn_R_50_FPN",
        "12_panoptic_fpn_R_50",
        "13_toy_standard"
      })
  void translatesDumps(String fixture) throws IOException {
    Path dump = Assets.path("detectron2/" + fixture + "/config.yaml");
    Imported imported = new Detectron2Import(registries).read(dump, ClassNames.STANDARD);
    assertThat(imported.essential()).isEmpty();
    ImportedWeights weights = new ImportedWeights(Map.of("file", "checkpoint.pkl"), null);
    try (var golden = getClass().getResourceAsStream("/importing/" + fixture + ".yaml")) {
      assertThat(golden).isNotNull();
      assertThat(ImportedFile.yaml(imported, weights, folder.resolve("mine.yaml")))
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** A dump holds every key, so a key that our table forgot would show. */
  @Test
  void theTableOfDefaultsHasEveryKey() {
    Path dump = Assets.path("detectron2/02_faster_rcnn_R_50_FPN/config.yaml");
    YacsConfig config = YacsConfig.read(dump);
    assertThat(config.unknown()).isEmpty();
    YacsConfig nothing = YacsConfig.read(write("VERSION: 2\n"));
    assertThat(nothing.unread()).isEmpty();
    assertThat(YacsConfig.defaults()).hasSizeGreaterThan(170);
    YacsConfig.defaults().keySet().forEach(key -> assertThat(config.isGiven(key)).as(key).isTrue());
  }

  private Path write(String text) {
    try {
      return Files.writeString(folder.resolve("some.yaml"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void nothingSaidIsDetectron2sDefault() throws IOException {
    Imported imported = read("VERSION: 2");
    assertThat(imported.title()).isEqualTo("Faster R-CNN with ResNet-50");
    assertThat(at(imported, "architecture.roiHeads.name")).isEqualTo("Res5RoiHeads");
    assertThat(at(imported, "architecture.proposalGenerator.preNmsTopk")).isEqualTo(6000);
    assertThat(at(imported, "classes")).isEqualTo(ClassNames.coco());
    assertThat(imported.untranslated()).isEmpty();
    assertThat(imported.notes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INPUT.FORMAT: RGB | INPUT.FORMAT RGB: pictures reach the network blue first",
        "INPUT.FORMAT: L | INPUT.FORMAT L:",
        "INPUT.MIN_SIZE_TEST: 0 | INPUT.MIN_SIZE_TEST 0: each picture keeps its size",
        "MODEL.LOAD_PROPOSALS: True | MODEL.LOAD_PROPOSALS true: proposals come from a file",
        "MODEL.PROPOSAL_GENERATOR.NAME: RRPN | MODEL.PROPOSAL_GENERATOR.NAME RRPN: known are RPN",
        "MODEL.META_ARCHITECTURE: ProposalNetwork | known are GeneralizedRCNN, PanopticFPN",
        "MODEL.BACKBONE.NAME: build_vit | known are build_resnet_backbone,",
        "MODEL.RESNETS.DEFORM_ON_PER_STAGE: [False, True, True, True] | deformable convolutions",
        "MODEL.RESNETS.NORM: LN | normalisations are BN, FrozenBN, GN and '' (none).",
        "MODEL.ANCHOR_GENERATOR.NAME: RotatedAnchorGenerator | known are DefaultAnchorGenerator",
        "MODEL.ROI_HEADS.NAME: RROIHeads | known are CascadeROIHeads, Res5ROIHeads and",
        "MODEL.ROI_BOX_HEAD.POOLER_TYPE: ROIPool | regions are pooled by ROIAlignV2 or ROIAlign",
        "MODEL.ROI_BOX_HEAD.USE_SIGMOID_CE: True | classes are told apart by softmax",
        "MODEL.KEYPOINT_ON: True | Res5ROIHeads has no keypoints",
        "MODEL.POINT_HEAD.FC_DIM: 256 | Detectron2 has no such key",
      })
  void whatTheModelCannotDoWithoutIsEssential(String line, String reason) throws IOException {
    Imported imported = read(line);
    assertThat(imported.essential()).hasSize(1);
    String key = line.substring(0, line.indexOf(':'));
    assertThat(imported.essential().get(0).key()).isEqualTo(key);
    assertThat(imported.essential().get(0).toString()).startsWith(key + " ").contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MODEL.META_ARCHITECTURE: RetinaNet; MODEL.RETINANET.NORM: SyncBN",
        "MODEL.ROI_HEADS.NAME: CascadeROIHeads; MODEL.ROI_BOX_HEAD.NAME: FastRCNNConvFCHead",
        "MODEL.ROI_HEADS.NAME: StandardROIHeads",
        "MODEL.MASK_ON: True; MODEL.ROI_MASK_HEAD.NAME: PointRendMaskHead",
        "MODEL.META_ARCHITECTURE: SemanticSegmentor; MODEL.SEM_SEG_HEAD.NAME: PointRendSemSegHead",
      })
  void someNeedTwoKeys(String lines) throws IOException {
    assertThat(read(lines.split("; ")).essential()).isNotEmpty();
  }

  @Test
  void settingsOfTrainingAreListed() throws IOException {
    Imported imported =
        read(
            "SOLVER.BASE_LR: 0.02",
            "SOLVER.MY_OWN: 3",
            "INPUT.MIN_SIZE_TRAIN: (640, 800)",
            "MODEL.BACKBONE.FREEZE_AT: 0",
            "MODEL.RPN.BOUNDARY_THRESH: 0",
            "MODEL.ROI_BOX_HEAD.TRAIN_ON_PRED_BOXES: True",
            "TEST.AUG.ENABLED: True",
            // No effect on this model, or on any.
            "MODEL.RETINANET.NUM_CLASSES: 3",
            "MODEL.DEVICE: cpu",
            "OUTPUT_DIR: ./elsewhere",
            "TEST.AUG.FLIP: True");
    assertThat(imported.essential()).isEmpty();
    assertThat(imported.training())
        .extracting(Untranslated::key)
        .containsExactlyInAnyOrder(
            "SOLVER.BASE_LR",
            "SOLVER.MY_OWN",
            "INPUT.MIN_SIZE_TRAIN",
            "MODEL.BACKBONE.FREEZE_AT",
            "MODEL.RPN.BOUNDARY_THRESH",
            "MODEL.ROI_BOX_HEAD.TRAIN_ON_PRED_BOXES",
            "TEST.AUG.ENABLED");
  }

  @Test
  void lossesGoToTheirComponents() throws IOException {
    Imported imported =
        read(
            "MODEL.RPN.BBOX_REG_LOSS_TYPE: giou",
            "MODEL.RPN.IOU_THRESHOLDS: [0.2, 0.6]",
            "MODEL.ROI_HEADS.IOU_THRESHOLDS: [0.6]",
            "MODEL.ROI_BOX_HEAD.SMOOTH_L1_BETA: 0.5");
    Object rpn = at(imported, "architecture.proposalGenerator.training");
    assertThat(PlainYaml.inline(rpn))
        .isEqualTo(
            "{iouThresholds: [0.2, 0.6], preNmsTopk: 12000, postNmsTopk: 2000,"
                + " bboxRegLossType: giou}");
    assertThat(at(imported, "architecture.roiHeads.training.iouThreshold")).isEqualTo(0.6);
    assertThat(at(imported, "architecture.roiHeads.boxPredictor.smoothL1Beta")).isEqualTo(0.5);
    assertThat(imported.untranslated()).isEmpty();
  }

  @Test
  void synchronisedNormIsNormOnOneDevice() throws IOException {
    Imported imported = read("MODEL.RESNETS.NORM: SyncBN");
    assertThat(at(imported, "architecture.backbone.norm")).isEqualTo("BN");
    assertThat(imported.notes())
        .containsExactly("MODEL.RESNETS.NORM SyncBN became BN, which it is on one device");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MODEL.RESNETS.DEPTH: fifty | expected a whole number, found 'fifty'.",
        "MODEL.MASK_ON: 1 | expected True or False, found 1.",
        "MODEL.PIXEL_MEAN: red | expected a list, found 'red'.",
        "MODEL.PIXEL_STD: [a] | expected a list of numbers",
        "MODEL.RPN.IN_FEATURES: [2] | expected a list of text",
        "MODEL.RPN.NMS_THRESH: [0.7] | expected a number",
        "VERSION: 1 | expected a configuration of version 2, found 1.",
        "MODEL.WEIGHT: x | found the keys of version 1.",
      })
  void anotherFormIsRefusedWithItsKey(String line, String problem) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(line))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .startsWith(folder.resolve("config.yaml").toString())
                    .contains(problem)
                    .hasLineCount(1));
  }

  @Test
  void classesGetNames() throws IOException {
    Path names = Files.writeString(folder.resolve("names.txt"), "red cell\n\n white cell \n");
    Path file =
        Files.writeString(
            folder.resolve("c.yaml"), Dotted.yaml(List.of("MODEL.ROI_HEADS.NUM_CLASSES: 2")));
    Detectron2Import detectron2 = new Detectron2Import(registries);
    assertThat(PlainYaml.inline(at(detectron2.read(file, new ClassNames(names, null)), "classes")))
        .isEqualTo("[{name: red cell, id: 1}, {name: white cell, id: 2}]");
    Imported numbered = detectron2.read(file, ClassNames.STANDARD);
    assertThat(PlainYaml.inline(at(numbered, "classes")))
        .isEqualTo("[{name: class_0, id: 1}, {name: class_1, id: 2}]");
    assertThat(numbered.notes()).hasSize(1);
    Files.writeString(names, "one\n");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> detectron2.read(file, new ClassNames(names, null)))
        .withMessageContaining("expected 2 names")
        .withMessageContaining("MODEL.ROI_HEADS.NUM_CLASSES, found 1.");
    Files.writeString(names, "cell\ncell\n");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> detectron2.read(file, new ClassNames(names, null)))
        .withMessageContaining("names.txt: expected names that differ, found 'cell' again.");
  }

  @Test
  void eightyClassesOfAnotherDatasetAreNotCocos() throws IOException {
    Imported imported = read("DATASETS.TRAIN: (\"my_train\",)");
    assertThat(((Map<?, ?>) ((List<?>) at(imported, "classes")).get(0)).get("name"))
        .isEqualTo("class_0");
    assertThat(at(read("DATASETS.TRAIN: (\"coco_2017_train\",)"), "classes"))
        .isEqualTo(ClassNames.coco());
  }

  @Test
  void basesMergeAndStayInTheirFolder() throws IOException {
    Path configs = Files.createDirectories(folder.resolve("configs/some"));
    Files.writeString(
        folder.resolve("configs/Base.yaml"), "MODEL: {MASK_ON: True, RESNETS: {DEPTH: 101}}");
    Path file = configs.resolve("mine.yaml");
    Files.writeString(file, "_BASE_: ../Base.yaml\nMODEL: {RESNETS: {DEPTH: 152}}");
    Imported imported = new Detectron2Import(registries).read(file, ClassNames.STANDARD);
    assertThat(at(imported, "architecture.backbone.depth")).isEqualTo(152);
    assertThat(at(imported, "architecture.roiHeads.maskHead.convDims")).isEqualTo(List.of(256));
    for (String base :
        List.of(
            "https://example.org/x.yaml",
            "~/x.yaml",
            "/etc/x.yaml",
            "../../x.yaml",
            "mine.yaml",
            "no.yaml")) {
      Files.writeString(file, "_BASE_: " + base + "\nMODEL: {}");
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> new Detectron2Import(registries).read(file, ClassNames.STANDARD))
          .satisfies(e -> assertThat(e.getMessage()).startsWith(file + " _BASE_"));
    }
  }

  /** The comment that lists what is left out repeats a stranger's keys. */
  @Test
  void aKeyWithLineBreaksBringsNoKeyOfOurs() throws IOException {
    Imported imported = read("VERSION: 2\n\"A\\nsink: {eventsTopic: theirs}\\n#\": 1");
    assertThat(imported.training())
        .extracting(Untranslated::key)
        .containsExactly("A sink: {eventsTopic: theirs} #");
    ImportedWeights weights = new ImportedWeights(Map.of("file", "a\nsource: {}.pkl"), folder);
    assertThat(ImportedFile.yaml(imported, weights, folder.resolve("mine.yaml")))
        .doesNotContainPattern("(?m)^(sink|source)");
  }
}
