package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.Build;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.roi.BoxPredictor;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.dataset.Datasets;
import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs of a network that is as small as can be. */
class TrainingRunTest {

  @TempDir Path temp;

  private static final class Heard implements TrainingListener {
    final List<Map<String, Float>> losses = new ArrayList<>();
    final List<Integer> iterations = new ArrayList<>();
    final List<Map<Measure, CocoAp>> measured = new ArrayList<>();
    Runnable whileMeasuring = () -> {};

    @Override
    public void step(
        int iteration, int maxIter, Map<String, Float> step, double rate, double secondsLeft) {
      iterations.add(iteration);
      losses.add(Map.copyOf(step));
    }

    @Override
    public void measuring(int iteration, int done, int pictures) {
      whileMeasuring.run();
    }

    @Override
    public void measured(int iteration, Map<Measure, CocoAp> ap) {
      measured.add(ap);
    }
  }

  private TrainingReport run(
      String folder, boolean resume, Heard heard, BooleanSupplier stop, String... overrides)
      throws IOException, InterruptedException {
    return runOf(TinyTraining.CONFIG, folder, resume, heard, stop, overrides);
  }

  private TrainingReport runOf(
      String yaml,
      String folder,
      boolean resume,
      Heard heard,
      BooleanSupplier stop,
      String... overrides)
      throws IOException, InterruptedException {
    Path file = Files.writeString(temp.resolve("train.yaml"), yaml);
    Registries registries =
        StandardComponents.registries().plugins(TrainingRunTest.class.getClassLoader());
    registries
        .of(BoxPredictor.class)
        .register("Serves", "Without losses", FastRcnnOutputLayers.Args.class, Serves::new);
    LoadedConfig config = new ConfigLoader(temp).load(file, Arrays.asList(overrides), registries);
    return TrainingSetup.of(
            config,
            registries,
            weights -> Optional.empty(),
            new Datasets(List.of()),
            "cpu",
            new TrainingFolder(temp.resolve(folder)),
            resume,
            heard)
        .run(stop);
  }

  @Test
  void aRunThatWasCutOffGoesOnAsIfNothingHadHappened() throws Exception {
    Heard whole = new Heard();
    TrainingReport report = run("whole", false, whole, () -> false);
    assertThat(report.complete()).isTrue();
    assertThat(whole.iterations).hasSize(12);
    assertThat(whole.measured).hasSize(1);
    assertThat(whole.losses.get(0).keySet())
        .containsExactlyInAnyOrder("loss_rpn_cls", "loss_rpn_loc", "loss_cls", "loss_box_reg");

    // Dies in step 8: the last state is that of step 5.
    Heard first = new Heard();
    assertThatThrownBy(
            () ->
                run(
                    "cut",
                    false,
                    first,
                    () -> {
                      if (first.iterations.size() == 8) {
                        throw new IllegalStateException("killed");
                      }
                      return false;
                    }))
        .hasMessage("killed");
    Heard second = new Heard();
    assertThat(run("cut", true, second, () -> false).complete()).isTrue();
    assertThat(second.iterations).startsWith(6).hasSize(7);
    assertThat(first.losses).isEqualTo(whole.losses.subList(0, 8));
    assertThat(second.losses).isEqualTo(whole.losses.subList(5, 12));
    assertThat(second.measured).isEqualTo(whole.measured);

    Map<String, Tensor> once = Safetensors.read(temp.resolve("whole/model.safetensors")).tensors();
    Map<String, Tensor> twice = Safetensors.read(temp.resolve("cut/model.safetensors")).tensors();
    assertThat(twice.keySet()).isEqualTo(once.keySet());
    once.forEach(
        (name, tensor) -> assertThat(twice.get(name).floats()).as(name).isEqualTo(tensor.floats()));
    assertThat(
            MetricsLog.read(temp.resolve("cut/metrics.jsonl")).stream()
                .map(l -> l.get("iteration")))
        .isEqualTo(
            MetricsLog.read(temp.resolve("whole/metrics.jsonl")).stream()
                .map(l -> l.get("iteration"))
                .toList());
    assertThat(temp.resolve("cut/plot.png")).isNotEmptyFile();
  }

  /** Its losses remember how many objects there were in the steps before. */
  @Test
  void aDenseDetectorGoesOnAsWell() throws Exception {
    Heard whole = new Heard();
    assertThat(runOf(TinyTraining.RETINANET, "whole", false, whole, () -> false).complete())
        .isTrue();
    assertThat(whole.losses.get(0).keySet()).containsExactlyInAnyOrder("loss_cls", "loss_box_reg");
    assertThat(whole.losses).hasSize(12).allMatch(losses -> losses.get("loss_box_reg") > 0);
    Heard first = new Heard();
    runOf(TinyTraining.RETINANET, "cut", false, first, () -> first.iterations.size() == 7);
    Heard second = new Heard();
    runOf(TinyTraining.RETINANET, "cut", true, second, () -> false);
    assertThat(first.losses).isEqualTo(whole.losses.subList(0, 7));
    assertThat(second.losses).isEqualTo(whole.losses.subList(7, 12));
    assertThat(second.measured).isEqualTo(whole.measured);
  }

  @Test
  void fcosIsTaught() throws Exception {
    Heard heard = new Heard();
    runOf(TinyTraining.FCOS, "fcos", false, heard, () -> false, "training.solver.maxIter=3");
    assertThat(heard.losses)
        .hasSize(3)
        .allMatch(
            losses ->
                losses.keySet().equals(Set.of("loss_fcos_cls", "loss_fcos_loc", "loss_fcos_ctr")));
  }

  @Test
  void aStopSavesAndMeasuresNothing() throws Exception {
    Heard heard = new Heard();
    TrainingReport report = run("stopped", false, heard, () -> heard.iterations.size() == 3);
    assertThat(report.complete()).isFalse();
    assertThat(report.iteration()).isEqualTo(3);
    assertThat(heard.measured).isEmpty();
    Heard rest = new Heard();
    run("stopped", true, rest, () -> false);
    assertThat(rest.iterations).startsWith(4).hasSize(9);
  }

  @Test
  void aMeasurementThatFailsOrIsStoppedIsMadeBeforeTheNextStep() throws Exception {
    Heard failing = new Heard();
    failing.whileMeasuring =
        () -> {
          throw new IllegalStateException("no picture");
        };
    assertThatThrownBy(() -> run("failed", false, failing, () -> false, "training.evalPeriod=4"))
        .hasMessage("no picture");
    assertThat(failing.iterations).hasSize(4);
    Path torn = temp.resolve("failed/.model.safetensors.1234.part");
    Files.writeString(torn, "half");

    AtomicBoolean stop = new AtomicBoolean();
    Heard stopped = new Heard();
    stopped.whileMeasuring = () -> stop.set(true);
    TrainingReport report = run("failed", true, stopped, stop::get, "training.evalPeriod=4");
    assertThat(report.complete()).isFalse();
    assertThat(stopped.iterations).isEmpty();
    assertThat(stopped.measured).isEmpty();
    assertThat(torn).doesNotExist();

    Heard rest = new Heard();
    assertThat(run("failed", true, rest, () -> false, "training.evalPeriod=4").complete()).isTrue();
    assertThat(rest.iterations).startsWith(5).hasSize(8);
    assertThat(rest.measured).hasSize(3); // of steps 4, 8 and 12
    assertThat(run("failed", true, new Heard(), () -> false, "training.evalPeriod=4").complete())
        .isTrue();

    Heard last = new Heard();
    AtomicBoolean end = new AtomicBoolean();
    last.whileMeasuring = () -> end.set(true);
    TrainingReport unmeasured = run("last", false, last, end::get);
    assertThat(unmeasured.iteration()).isEqualTo(12);
    assertThat(unmeasured.complete()).isFalse();
    Heard measured = new Heard();
    assertThat(run("last", true, measured, () -> false).complete()).isTrue();
    assertThat(measured.measured).hasSize(1);
    assertThat(measured.iterations).isEmpty();
  }

  @Test
  void aFolderWithARunIsNotWrittenOverUnasked() throws Exception {
    run("once", false, new Heard(), () -> true);
    assertThatThrownBy(() -> run("once", false, new Heard(), () -> true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is a run in this folder already")
        .hasMessageContaining("--resume");
    assertThatThrownBy(
            () ->
                run(
                    "once",
                    true,
                    new Heard(),
                    () -> true,
                    "model.architecture.backbone.stemOutChannels=4"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("another network")
        .hasMessageContaining("backbone.stem.conv1.weight");
    assertThatThrownBy(
            () -> run("once", true, new Heard(), () -> true, "training.solver.optimizer=adamw"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the optimiser cannot go on from this state");
  }

  @Test
  void lossesThatAreNoNumbersEndTheRunInWords() {
    assertThatThrownBy(
            () ->
                run(
                    "diverged",
                    false,
                    new Heard(),
                    () -> false,
                    "training.solver.baseLr=1000000",
                    "training.solver.warmupIters=0"))
        .isInstanceOf(TrainingFailedException.class)
        .hasMessageContaining("no numbers any more")
        .hasMessageContaining("baseLr");
  }

  @Test
  void whatIsFrozenKeepsItsValues() throws Exception {
    run(
        "frozen",
        false,
        new Heard(),
        () -> false,
        "training.freeze=[\"backbone.stem.**\", \"backbone.res2.**\"]",
        "training.solver.maxIter=3");
    run(
        "begin",
        false,
        new Heard(),
        () -> false,
        "training.freeze=[\"backbone.**\"]",
        "training.solver.maxIter=1");
    Map<String, Tensor> after =
        Safetensors.read(temp.resolve("frozen/model.safetensors")).tensors();
    Map<String, Tensor> before =
        Safetensors.read(temp.resolve("begin/model.safetensors")).tensors();
    after.forEach(
        (name, tensor) -> {
          boolean frozen = name.startsWith("backbone.stem") || name.startsWith("backbone.res2");
          if (frozen) {
            assertThat(tensor.floats()).as(name).isEqualTo(before.get(name).floats());
          } else if (name.startsWith("backbone.") && name.endsWith("conv1.weight")) {
            assertThat(tensor.floats()).as(name).isNotEqualTo(before.get(name).floats());
          }
        });
    assertThatThrownBy(
            () -> run("typo", false, new Heard(), () -> true, "training.freeze=[\"backbon.**\"]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'backbon.**' fits no parameter");
  }

  /** The page "Write Models": by a registered name, and by explicit argument. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.architecture.roiHeads.boxPredictor={name: MyRcnnOutput, gamma: 1.5}",
        "model.architecture.roiHeads={name: MyStandardRoiHeads, inFeatures: [res3], boxPooler:"
            + " {resolution: 3, samplingRatio: 1}, boxHead: {name: FastRcnnConvFcHead, fcDims: [16]}}"
      })
  void aLossOfOnesOwnTrainsAndShowsInTheLog(String override) throws Exception {
    Heard heard = new Heard();
    run("own", false, heard, () -> false, override, "training.solver.maxIter=4");
    assertThat(heard.losses)
        .hasSize(4)
        .allSatisfy(
            step -> assertThat(step).containsKey("loss_cls_focal").doesNotContainKey("loss_cls"));
    assertThat(MetricsLog.read(temp.resolve("own/metrics.jsonl")).get(0))
        .containsKey("loss_cls_focal");
  }

  /** A box predictor that somebody wrote without losses. */
  private static final class Serves extends BoxPredictor {
    private final FastRcnnOutputLayers inner;

    Serves(FastRcnnOutputLayers.Args args, Build build) {
      inner = add("", FastRcnnOutputLayers.fromConfig(args, build));
    }

    @Override
    public Predictions forward(Forward f, NDArray features) {
      return inner.forward(f, features);
    }

    @Override
    public Instances inference(Predictions predictions, Proposals proposals, NDArray sizes) {
      return inner.inference(predictions, proposals, sizes);
    }

    @Override
    public int classes() {
      return inner.classes();
    }
  }

  @Test
  void aPartThatOnlyServesIsNamedAtTheFirstStep() {
    Heard heard = new Heard();
    assertThatThrownBy(
            () ->
                run(
                    "serves",
                    false,
                    heard,
                    () -> false,
                    "model.architecture.roiHeads.boxPredictor={name: Serves}"))
        .isInstanceOfSatisfying(
            ConfigException.class, e -> assertThat(e.path()).isEqualTo("model.architecture"))
        .hasMessageContaining("Serves cannot be trained");
    assertThat(heard.iterations).isEmpty();
    assertThat(temp.resolve("serves")).isDirectoryNotContaining("glob:**/*.safetensors");
  }
}
