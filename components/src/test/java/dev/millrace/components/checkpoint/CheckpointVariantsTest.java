package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.millrace.components.testing.Assets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other layouts of one model's weights, which PyTorch and numpy wrote. */
class CheckpointVariantsTest {

  private static final String FOLDER = "detectron2/_checkpoint_variants/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backbone_only_heuristics.pkl",
        "legacy_not_zip.pth",
        "with_optimizer.pth",
        "zoo_protocol2.pkl",
        "zoo_protocol4.pkl"
      })
  void eachLoadsToTheSameWeights(String variant) throws IOException {
    Map<String, Tensor> model =
        new LinkedHashMap<>(
            Checkpoints.read(Assets.path("detectron2/02_faster_rcnn_R_50_FPN/checkpoint.pkl"))
                .parameters());
    model.keySet().removeIf(name -> name.startsWith("pixel_"));
    Path manifest = Assets.path(FOLDER + "manifest.json");
    JsonObject expected =
        JsonParser.parseString(Files.readString(manifest))
            .getAsJsonObject()
            .getAsJsonObject(variant);
    assertThat(model).hasSize(expected.get("total").getAsInt());
    List<String> initialize = new ArrayList<>();
    for (JsonElement prefix : expected.getAsJsonArray("left_prefixes")) {
      initialize.add(prefix.getAsString() + ".**");
    }
    Map<String, long[]> shapes = new LinkedHashMap<>();
    model.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    ParameterReport report =
        CheckpointLoader.match(
                shapes,
                Checkpoints.read(Assets.path(FOLDER + variant)),
                initialize,
                List.of(),
                Set.of("pixel_mean", "pixel_std"))
            .orThrow("model.weights");
    assertThat(report.matched()).hasSize(expected.get("loaded").getAsInt());
    assertThat(report.initialized()).hasSize(expected.get("left_as_initialised").getAsInt());
    report
        .matched()
        .forEach(
            (name, tensor) -> assertThat(tensor.data()).as(name).isEqualTo(model.get(name).data()));
    assertThat(report.origins()).containsOnlyKeys(report.matched().keySet());
    if (variant.startsWith("backbone_only")) {
      assertThat(report.describe())
          .contains(" <- res5.2.conv3.norm.running_var (the end of the name)")
          .contains("initialised  roi_heads.box_predictor.cls_score.weight");
    }
  }
}
