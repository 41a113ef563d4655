package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.training.TinyTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path config;

  @BeforeEach
  void write() throws IOException {
    config = Files.writeString(folder.resolve("tiny.yaml"), TinyTraining.CONFIG);
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private int train(String... more) {
    String[] all = new String[4 + more.length];
    all[0] = "train";
    all[1] = config.toString();
    all[2] = "--output";
    all[3] = folder.resolve("run").toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return run(all);
  }

  @Test
  void trainsAndItsWeightsAreEvaluated() {
    assertThat(train("-o", "training.solver.maxIter=3")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("steps     3 in ", "AP   ", "AP50 ", "weights   ", "model.safetensors");
    assertThat(err.toString()).contains("train 3/3  loss ", "rpn_cls", "step 3: AP ");
    assertThat(folder.resolve("run"))
        .isDirectoryContaining("glob:**/{model,training_state}.safetensors")
        .isDirectoryContaining("glob:**/metrics.jsonl")
        .isDirectoryContaining("glob:**/plot.png");

    assertThat(
            run(
                "evaluate",
                config.toString(),
                "--dataset",
                "street://?images=4&width=128&height=72",
                "-o",
                "model.weights.file=run/model.safetensors",
                "-o",
                "model.weights.initialize=null"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("4 images, ").containsPattern("AP   \\d\\.\\d{4}  car");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          training=null | training: there is no section that says what to learn from
          training.train.dataset=nowhere | training.train.dataset: nowhere: there is no such folder
          training.train.splits=[train] | a street's split is part of its address
          training.solver.optimizer=adam | training.solver.optimizer
          training.solver.steps=[5, 3] | expected ascending steps
          training.input.minSizeTrain=[] | training.input.minSizeTrain
          training.input={minSizeTrain: [2500], maxSizeTrain: 4000} | from 1 to 2400, found [2500]
          training.input={minSizeTrain: [2400], maxSizeTrain: 9000} | would be resized to
          """)
  void mistakesAreToldInALine(String override, String expected) {
    assertThat(train("-o", override)).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains(expected).doesNotContain("\tat ");
  }

  @Test
  void aRunIsNotWrittenOverButGoesOnWhereAsked() throws IOException {
    assertThat(train("-o", "training.solver.maxIter=2", "-o", "training.test=null")).isZero();
    assertThat(out.toString()).contains("steps     2 in ").doesNotContain("AP ");
    byte[] weights = Files.readAllBytes(folder.resolve("run/model.safetensors"));
    assertThat(train("-o", "training.solver.maxIter=2")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString())
        .contains(
            folder.resolve("run") + ": there is a run in this folder already.",
            "Go on with it by --resume, or name another folder by --output.")
        .doesNotContain("\tat ");
    assertThat(Files.readAllBytes(folder.resolve("run/model.safetensors"))).isEqualTo(weights);

    assertThat(train("--resume", "-o", "training.solver.maxIter=3", "-o", "training.test=null"))
        .isZero();
    assertThat(err.toString()).contains("train 3/3");
    assertThat(Files.readAllBytes(folder.resolve("run/model.safetensors"))).isNotEqualTo(weights);
    assertThat(out.toString()).contains("steps     3 in ");

    Files.writeString(folder.resolve("run/training_state.safetensors"), "of no use");
    assertThat(train("--resume")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString())
        .contains("training_state.safetensors: this is no state that a run could go on from")
        .doesNotContain("\tat ");
  }

  @Test
  void aFolderThatCannotBeMadeIsTold() throws IOException {
    Files.writeString(folder.resolve("run"), "a file");
    assertThat(train()).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString())
        .contains("run: this folder cannot be made: ", "Name another one by --output.");
  }

  @Test
  void aRunThatDivergesIsAFailureToldInALine() {
    assertThat(train("-o", "training.solver.baseLr=1000000", "-o", "training.solver.warmupIters=0"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(err.toString())
        .contains("millrace: the losses of step ", "are no numbers any more")
        .doesNotContain("\tat ");
  }

  /** Also what is found only when the network is there. */
  @Test
  void mistakesInTheFileAreToldWithTheirLine() throws IOException {
    String dataset = TinyTraining.CONFIG.replace("street://?split=train", "street://?split=trian");
    int line = dataset.substring(0, dataset.indexOf("trian")).split("\n").length;
    Files.writeString(config, dataset);
    assertThat(train()).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString())
        .contains("tiny.yaml:" + line + ":")
        .contains("training.train.dataset: ", "split: expected train, validation, test or live");
    Files.writeString(config, TinyTraining.CONFIG + "  freeze: [\"backbon.**\"]\n");
    assertThat(train()).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString())
        .contains("tiny.yaml:" + (1 + TinyTraining.CONFIG.split("\n").length) + ":")
        .contains("training.freeze: 'backbon.**' fits no parameter of the model");
  }

  /** With the line of what cannot be trained. */
  @ParameterizedTest
  @ValueSource(strings = {"SemanticSegmentor", "PanopticFpn"})
  void aModelWithoutATrainingPassIsRefused(String architecture) throws IOException {
    String semantic = "semSegHead: {name: SemSegFpnHead, inFeatures: [res3], commonStride: 8}";
    String yaml =
        TinyTraining.CONFIG.replace(
            "    name: GeneralizedRcnn\n",
            "    name: " + architecture + "\n    " + semantic + "\n");
    if (architecture.equals("SemanticSegmentor")) {
      yaml =
          yaml.substring(0, yaml.indexOf("    proposalGenerator:"))
              + yaml.substring(yaml.indexOf("  postprocessor:"));
      yaml = yaml.replace("DetectionPostprocessor", "SemanticPostprocessor");
    }
    Files.writeString(config, yaml);
    assertThat(train()).as(err.toString()).isEqualTo(ExitCodes.BAD_CONFIG);
    int line = yaml.substring(0, yaml.indexOf("architecture:")).split("\n").length;
    assertThat(err.toString())
        .contains(
            "tiny.yaml:" + line + ":",
            "model.architecture: " + architecture + " cannot be trained",
            "Train another one, such as that of configs/street/train.yaml.")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("run")).isDirectoryNotContaining("glob:**/*.safetensors");
  }

  @Test
  void aMissingConfigurationIsTold() {
    assertThat(run("train", "nowhere.yaml")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("nowhere.yaml: there is no such file.");
  }

  @Test
  void devicesThatAreNotThereAreRefused() {
    assertThat(train("--device", "cuda:7")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString())
        .contains("millrace: --device: cuda:7 was asked for, but PyTorch sees ");
    assertThat(train("--device", "tpu")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("expected auto, cpu or cuda:N, found 'tpu'");
  }
}
