package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.pipeline.endtoend.Assets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * D2Go's three models by the configurations that ship: the box AP at 100 proposals that an
 * independent program in Python gets of the same weights.
 */
class D2GoAccuracyTest {

  @TempDir private Path folder;

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments))
        .as(err.toString())
        .isZero();
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "faster_rcnn_fbnetv3a_C4, 0.276",
    "mask_rcnn_fbnetv3a_C4, 0.300",
    "keypoint_rcnn_fbnetv3a_dsmask_C4, 0.393"
  })
  void boxApIsThatOfTheReference(String name, double expected) throws Exception {
    Path asset = Assets.path("models/" + name + "_int8.pt");
    Path dataset = Assets.path("datasets/coco128");
    Path shipped = Path.of(System.getProperty("millrace.root"), "configs");
    for (String file :
        List.of(
            "base/coco_classes.yaml",
            "base/runtime.yaml",
            "coco/faster_rcnn_fbnetv3a_C4.yaml",
            "coco/" + name + ".yaml")) {
      Path to = folder.resolve("configs").resolve(file);
      Files.createDirectories(to.getParent());
      if (!Files.exists(to)) {
        Files.copy(shipped.resolve(file), to);
      }
    }
    Files.copy(asset, folder.resolve("configs/coco").resolve(asset.getFileName()));
    String json =
        run(
            "evaluate",
            folder.resolve("configs/coco").resolve(name + ".yaml").toString(),
            "--dataset",
            dataset.toString(),
            "-o",
            "model.architecture.proposalGenerator.postNmsTopk=100",
            "--json");
    Matcher ap = Pattern.compile("\"AP\":([0-9.]+)").matcher(json);
    assertThat(ap.find()).isTrue();
    System.out.printf("%s: box AP %s%n", name, json.strip());
    assertThat(Double.parseDouble(ap.group(1))).isCloseTo(expected, within(0.005));
  }
}
