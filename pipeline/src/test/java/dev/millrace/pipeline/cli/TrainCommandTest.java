package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.evaluation.BoxAp;
import dev.millrace.pipeline.training.TinyTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
          """)
  void mistakesAreToldInALine(String override, String expected) {
    assertThat(train("-o", override)).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains(expected).doesNotContain("\tat ");
  }

  @Test
  void devicesThatAreNotThereAreRefused() {
    assertThat(train("--device", "cuda:7")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("--device: cuda:7 was asked for, but PyTorch sees ");
    assertThat(train("--device", "tpu")).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString()).contains("expected auto, cpu or cuda:N, found 'tpu'");
  }

  @Test
  void onATerminalALineIsDrawnInPlace() {
    StringWriter text = new StringWriter();
    try (TrainView view = new TrainView(new PrintWriter(text), true)) {
      view.step(5, 10, Map.of("loss_cls", 0.5f), 0.001, 75);
      view.measured(5, new BoxAp(0.5, 0.75, 0.25, Map.of()));
      view.step(10, 10, Map.of("loss_cls", 0.25f), 0.0001, 0);
    }
    assertThat(text.toString())
        .contains(
            "\rtrain [##########..........] 5/10  loss 0.500 (cls 0.500)  rate 0.0010  1 min 15 s left",
            "\r\033[Kstep 5: AP 0.5000, AP50 0.7500, AP75 0.2500\n",
            "10/10");
    assertThat(List.of(TrainView.time(0.4), TrainView.time(59.4), TrainView.time(3900)))
        .containsExactly("0 s", "59 s", "1 h 05 min");
  }
}
