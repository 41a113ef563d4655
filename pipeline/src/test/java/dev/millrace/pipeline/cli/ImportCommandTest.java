package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.endtoend.Assets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {

  @TempDir Path folder;
  private Path configs;
  private Path theirs;
  private Path checkpoint;
  private Path mine;
  private StringWriter out;
  private StringWriter err;

  @BeforeEach
  void open() throws IOException {
    configs = Files.createDirectories(folder.resolve("configs"));
    mine = configs.resolve("mine.yaml");
    theirs =
        Files.writeString(folder.resolve("theirs.yaml"), "MODEL: {ROI_HEADS: {NUM_CLASSES: 2}}\n");
    checkpoint = Files.writeString(folder.resolve("model_final.pth"), "no checkpoint");
  }

  private int run(Object... arguments) {
    List<String> all = new ArrayList<>(List.of("import", "detectron2"));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    out = new StringWriter();
    err = new StringWriter();
    return Main.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private LoadedConfig loaded() {
    return new ConfigLoader(configs).load(mine, List.of(), StandardComponents.registries());
  }

  @Test
  void importsAModelAndShowsItsPlan() throws IOException {
    Path model = Assets.path("detectron2/02_faster_rcnn_R_50_FPN");
    Path names = folder.resolve("names.txt");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      lines.append("kind ").append(i).append('\n');
    }
    Files.writeString(names, lines);
    int code =
        run(
            model.resolve("config.yaml"),
            model.resolve("checkpoint.pkl"),
            "-o",
            mine,
            "--classes",
            names);
    assertThat(err.toString())
        .contains("MILLRACE_WEIGHTS=" + model)
        .contains("4 settings of training and evaluation are left out");
    assertThat(code).isZero();
    assertThat(out.toString())
        .startsWith("checkpoint and model fit")
        .contains(" 1  segment   normalize > backbone > proposal_generator > roi_heads")
        .endsWith("wrote " + mine + "\n");
    assertThat(loaded().config().model().classes().get(19).name()).isEqualTo("kind 19");
    assertThat(Files.readString(mine))
        .startsWith("# Faster R-CNN with ResNet-50 and FPN, from Detectron2's config.yaml.\n")
        .contains("# Left out, since only training and evaluation read it: INPUT.MIN_SIZE_TRAIN");
  }

  @Test
  void aCheckpointThatDoesNotFitWritesNothing() {
    Path model = Assets.path("detectron2/02_faster_rcnn_R_50_FPN");
    Path other = Assets.path("detectron2/01_faster_rcnn_R_18_FPN/checkpoint.pkl");
    assertThat(run(model.resolve("config.yaml"), other, "-o", mine))
        .isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString())
        .contains("nothing was written; --no-verify", "does not fit the model: 165 missing");
    assertThat(mine).doesNotExist();
  }

  @Test
  void whatIsThereStaysWithoutForce() throws IOException {
    Files.writeString(mine, "mine");
    assertThat(run(theirs, checkpoint, "-o", mine, "--no-verify")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("is there already; --force overwrites it");
    assertThat(mine).hasContent("mine");
    assertThat(run(theirs, checkpoint, "-o", mine, "--no-verify", "--force")).isZero();
    assertThat(Files.readString(mine)).contains("name: GeneralizedRcnn");
    assertThat(run(theirs, checkpoint, "-o", folder.resolve("no/mine.yaml"), "--no-verify"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("there is no folder");
  }

  @Test
  void whatIsEssentialIsToldAndNeedsPartial() throws IOException {
    Files.writeString(theirs, "INPUT: {FORMAT: RGB}\nMODEL: {MY_KEY: 3}\n");
    assertThat(run(theirs, checkpoint, "-o", mine, "--no-verify")).isEqualTo(ExitCodes.FAILED);
    assertThat(err.toString())
        .contains("cannot translate INPUT.FORMAT RGB: pictures reach the network blue first")
        .contains("cannot translate MODEL.MY_KEY 3: Detectron2 has no such key")
        .contains("nothing was written");
    assertThat(mine).doesNotExist();
    assertThat(run(theirs, checkpoint, "-o", mine, "--no-verify", "--partial")).isZero();
    assertThat(Files.readString(mine))
        .contains("# NOT TRANSLATED, though what it finds depends on it:\n#   INPUT.FORMAT RGB");
  }

  @Test
  void aCheckpointInsideTheRootIsNamedByItsPath() throws IOException {
    Path inside = Files.createDirectories(configs.resolve("weights")).resolve("m.pth");
    Files.copy(checkpoint, inside);
    assertThat(run(theirs, inside, "-o", mine, "--no-verify")).isZero();
    assertThat(Files.readString(mine)).contains("weights: {file: weights/m.pth, sha256: ");
    assertThat(err.toString()).doesNotContain("MILLRACE_WEIGHTS");
    assertThat(
            run(theirs, inside, "-o", mine, "--force", "--no-verify", "--sha256", "0".repeat(64)))
        .isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("CHECKPOINT").contains("expected 0000");
  }

  @Test
  void cocosClassesComeFromTheBaseThatIsThere() throws IOException {
    Path shipped = Path.of(System.getProperty("millrace.root"), "configs/base/coco_classes.yaml");
    Files.copy(
        shipped, Files.createDirectories(configs.resolve("base")).resolve("coco_classes.yaml"));
    Files.writeString(theirs, "VERSION: 2\n");
    assertThat(run(theirs, checkpoint, "-o", mine, "--no-verify")).isZero();
    assertThat(Files.readString(mine))
        .contains("_BASE_: base/coco_classes.yaml\n")
        .doesNotContain("toothbrush");
  }

  @Test
  void stdoutHasTheConfigurationAlone() {
    assertThat(run(theirs, checkpoint, "-o", "-", "--no-verify")).isZero();
    assertThat(out.toString())
        .startsWith("# Faster R-CNN with ResNet-50, from Detectron2's theirs.yaml.\n")
        .contains("- {name: class_1, id: 2}")
        .endsWith("}\n");
    assertThat(err.toString()).contains("--classes names.txt");
  }

  @Test
  void onlyWhatCanBeCheckedIsFetched() {
    assertThat(run(theirs, "http://example.org/m_123456.pkl", "-o", mine))
        .isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("expected an https address");
    assertThat(run(theirs, "https://example.org/m.pkl", "-o", mine))
        .isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("needs the sha256").contains("--sha256");
    assertThat(run(theirs, folder.resolve("no.pth"), "-o", mine)).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("CHECKPOINT: there is no file");
  }
}
