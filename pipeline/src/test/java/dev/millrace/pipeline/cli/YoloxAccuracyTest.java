package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.endtoend.Assets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector of somebody else's, as one file, from the command line: it finds what it should. */
class YoloxAccuracyTest {

  @TempDir private Path folder;

  private String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments))
        .as(err.toString())
        .isZero();
    return out.toString();
  }

  @Test
  void theFileIsFoundBesideTheConfigurationThatNamesItAndItsApIsAsMeasured() throws Exception {
    Path asset = Assets.path("models/yolox_nano.onnx");
    Path dataset = Assets.path("datasets/coco128");
    Path shipped = Path.of(System.getProperty("millrace.root"), "configs");
    for (String name :
        List.of("base/coco_classes.yaml", "base/runtime.yaml", "coco-yolox/yolox_nano.yaml")) {
      Path to = folder.resolve("configs").resolve(name);
      Files.createDirectories(to.getParent());
      Files.copy(shipped.resolve(name), to);
    }
    Files.copy(asset, folder.resolve("configs/coco-yolox/yolox_nano.onnx"));
    Path config = folder.resolve("configs/mine.yaml");
    Files.writeString(config, "_BASE_: coco-yolox/yolox_nano.yaml\n");
    String json = run("evaluate", config.toString(), "--dataset", dataset.toString(), "--json");
    Matcher ap = Pattern.compile("\"AP\":([0-9.]+),\"AP50\":([0-9.]+)").matcher(json);
    assertThat(ap.find()).isTrue();
    assertThat(Double.parseDouble(ap.group(1))).isBetween(0.32, 0.33);
    assertThat(Double.parseDouble(ap.group(2))).isBetween(0.485, 0.50);
  }
}
