package dev.millrace.pipeline.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.Keypoint;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.postprocess.Rle;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ComponentNames;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.importing.ClassNames;
import dev.millrace.pipeline.importing.Detectron2Import;
import dev.millrace.pipeline.importing.Imported;
import dev.millrace.pipeline.importing.ImportedFile;
import dev.millrace.pipeline.importing.ImportedWeights;
import dev.millrace.pipeline.server.StandardModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From a configuration in YAML and a checkpoint of Detectron2 to the detections that Detectron2
 * found.
 */
class Detectron2ConfigsTest {

  @TempDir Path folder;

  /** A small .npy file. */
  private record Array(int[] shape, ByteBuffer data) {
    private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

    static Array read(String path) throws IOException {
      byte[] all = Files.readAllBytes(Assets.path("detectron2/" + path));
      ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
      int header = bytes.getShort(8);
      Matcher shape = SHAPE.matcher(new String(all, 10, header, StandardCharsets.US_ASCII));
      assertThat(shape.find()).isTrue();
      int[] lengths =
          Stream.of(shape.group(1).split(","))
              .map(String::strip)
              .filter(s -> !s.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      return new Array(lengths, bytes.position(10 + header).slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    float at(int i) {
      return data.getFloat(4 * i);
    }
  }

  private static Frame picture(int number) throws IOException {
    Array raw = Array.read("_images/img" + number + "_raw_bgr.npy");
    byte[] bgr = new byte[raw.data().remaining()];
    raw.data().get(bgr);
    return new Frame(raw.shape()[1], raw.shape()[0], bgr);
  }

  private Detector detector(String fixture, String mode, String file) throws IOException {
    Path root = new ConfigFolder(folder).file().getParent();
    Path config = root.resolve("detectron2").resolve(fixture + ".yaml");
    Files.createDirectories(config.getParent());
    try (var yaml = getClass().getResourceAsStream("/detectron2/" + fixture + ".yaml")) {
      assertThat(yaml).isNotNull();
      Files.copy(yaml, config);
    }
    return detector(root, config, fixture, mode, file);
  }

  private Detector detector(Path root, Path config, String fixture, String mode, String file) {
    WeightsStore weights =
        WeightsStore.ofEnvironment(
            Map.of(
                "MILLRACE_WEIGHTS", Assets.path("detectron2/" + fixture).toString(),
                "MILLRACE_CACHE", folder.resolve("cache").toString()));
    Registries registries = StandardComponents.registries().plugins(getClass().getClassLoader());
    LoadedConfig loaded =
        new ConfigLoader(root)
            .load(
                config,
                List.of("engine.mode=" + mode, "engine.device=cpu", "model.weights.file=" + file),
                registries);
    return new StandardModels(weights, config, DownloadProgress.SILENT)
        .build(loaded, registries, 1, List.of())
        .get(0);
  }

  /** How many parts Detectron2 found in a picture; none if it looked for none. */
  private static int segments(String run) throws IOException {
    Path info = Assets.path("detectron2/" + run).resolve("final_segments_info.json");
    return Files.exists(info) ? JsonMapper.shared().readTree(info.toFile()).get(0).size() : 0;
  }

  @ParameterizedTest
  @CsvSource({
    "01_faster_rcnn_R_18_FPN, eager, checkpoint.pkl",
    "01_faster_rcnn_R_18_FPN, compiled, checkpoint.pth",
    "02_faster_rcnn_R_50_FPN, eager, checkpoint.pth",
    "02_faster_rcnn_R_50_FPN, compiled, checkpoint.pkl",
    "03_faster_rcnn_R_50_C4, eager, checkpoint.pkl",
    "03_faster_rcnn_R_50_C4, compiled, checkpoint.pkl",
    "04_faster_rcnn_R_50_DC5, compiled, checkpoint.pkl",
    "05_retinanet_R_50_FPN, eager, checkpoint.pkl",
    "05_retinanet_R_50_FPN, compiled, checkpoint.pkl",
    "06_mask_rcnn_R_50_FPN, eager, checkpoint.pkl",
    "06_mask_rcnn_R_50_FPN, compiled, checkpoint.pkl",
    "07_keypoint_rcnn_R_50_FPN, eager, checkpoint.pkl",
    "07_keypoint_rcnn_R_50_FPN, compiled, checkpoint.pkl",
    "08_cascade_mask_rcnn_R_50_FPN, eager, checkpoint.pkl",
    "08_cascade_mask_rcnn_R_50_FPN, compiled, checkpoint.pkl",
    "12_panoptic_fpn_R_50, eager, checkpoint.pkl",
    "12_panoptic_fpn_R_50, compiled, checkpoint.pkl",
    "13_toy_standard, eager, checkpoint.pkl",
    "13_toy_standard, compiled, checkpoint.pkl"
  })
  void findsWhatDetectron2Found(String fixture, String mode, String file) throws IOException {
    try (Detector detector = detector(fixture, mode, file)) {
      compare(detector, fixture);
      if (mode.equals("compiled")) {
        assertThat(detector.plan())
            .startsWith(
                fixture.contains("retinanet")
                    ? " 1  segment   normalize > backbone > head > inference"
                    : " 1  segment   normalize > backbone > proposal_generator > roi_heads")
            .doesNotContain("eager", "\n 2  ");
      }
    }
  }

  /** The dump of Detectron2's configuration, imported, and nothing written by hand. */
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
  void importedItFindsTheSame(String fixture) throws IOException {
    Path theirs = Assets.path("detectron2/" + fixture);
    Path root = new ConfigFolder(folder).file().getParent();
    Path config = root.resolve("imported.yaml");
    Registries registries = StandardComponents.registries().plugins(getClass().getClassLoader());
    Imported imported =
        new Detectron2Import(registries).read(theirs.resolve("config.yaml"), ClassNames.STANDARD);
    ImportedWeights weights =
        ImportedWeights.of(
            theirs.resolve("checkpoint.pkl").toString(),
            null,
            config,
            WeightsStore.ofEnvironment(Map.of()),
            DownloadProgress.SILENT);
    Files.writeString(config, ImportedFile.yaml(imported, weights, config));
    assumeTrue(ComponentNames.areRegistered(root, config, registries), "of components to come");
    try (Detector detector = detector(root, config, fixture, "compiled", "checkpoint.pkl")) {
      compare(detector, fixture);
    }
  }

  private static void compare(Detector detector, String fixture) throws IOException {
    for (int number = 0; number < 3; number++) {
      String run = fixture + "/img" + number + "/";
      Array scores = Array.read(run + "final_scores.npy");
      Array classes = Array.read(run + "final_pred_classes.npy");
      Array boxes = Array.read(run + "final_pred_boxes.npy");
      Detections all = detector.detect(List.of(picture(number))).get(0);
      assertThat(all.segments()).hasSize(segments(run));
      List<Detection> found = all.objects();
      assertThat(found).hasSize(scores.shape()[0]).isNotEmpty();
      for (int i = 0; i < found.size(); i++) {
        Detection d = found.get(i);
        assertThat(d.classId()).isEqualTo((int) classes.data().getLong(8 * i));
        assertThat(d.score()).isCloseTo(scores.at(i), within(1e-3f));
        assertThat(d.x1()).isCloseTo(boxes.at(4 * i), within(0.1f));
        assertThat(d.y1()).isCloseTo(boxes.at(4 * i + 1), within(0.1f));
        assertThat(d.x2()).isCloseTo(boxes.at(4 * i + 2), within(0.1f));
        assertThat(d.y2()).isCloseTo(boxes.at(4 * i + 3), within(0.1f));
      }
      sameMasksAndKeypoints(run, found);
    }
  }

  private static void sameMasksAndKeypoints(String run, List<Detection> found) throws IOException {
    Path masks = Assets.path("detectron2/" + run).resolve("final_pred_masks_rle.json");
    Path keypoints = Assets.path("detectron2/" + run).resolve("final_pred_keypoints.npy");
    if (Files.exists(masks)) {
      JsonNode theirs = JsonMapper.shared().readTree(masks.toFile());
      for (int i = 0; i < found.size(); i++) {
        JsonNode size = theirs.get(i).get("size");
        Mask mask =
            new Mask(
                size.get(0).asInt(), size.get(1).asInt(), theirs.get(i).get("counts").asString());
        Rle ours = Rle.of(Objects.requireNonNull(found.get(i).mask()));
        assertThat(ours.iou(Rle.of(mask))).isGreaterThan(0.99);
      }
    }
    if (Files.exists(keypoints)) {
      Array theirs = Array.read(run + "final_pred_keypoints.npy");
      int at = 0;
      for (Detection d : found) {
        assertThat(d.keypoints()).hasSize(17);
        for (Keypoint k : d.keypoints()) {
          assertThat(k.x()).isCloseTo(theirs.at(at++), within(0.1f));
          assertThat(k.y()).isCloseTo(theirs.at(at++), within(0.1f));
          assertThat(k.score()).isCloseTo(theirs.at(at++), within(1e-3f));
        }
      }
    }
  }
}
