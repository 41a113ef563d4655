package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.engine.LearningDetector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.config.SolverConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a configuration says of steps, as a small network's values feel it. */
class SolverTest {

  private static final double RATE = 0.5;
  private static final String NORM = "backbone.res3.0.conv1.norm.";
  private static final String LINEAR = "roi_heads.box_head.fc1.";

  @TempDir Path folder;

  /** {@code training.solver.KEY=VALUE} of each override. */
  private <T> T with(Solved<T> test, String... overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("tiny.yaml"), TinyTraining.CONFIG);
    Registries registries = StandardComponents.registries();
    LoadedConfig config =
        new ConfigLoader(folder)
            .load(
                file,
                List.of(overrides).stream().map(o -> "training.solver." + o).toList(),
                registries);
    SolverConfig solver = Objects.requireNonNull(config.config().training()).solver();
    try (LearningDetector learner =
        LearningDetector.of(
            config.config().model(),
            LearningDetector.configured(config.config().model(), weights -> Optional.empty()),
            name -> false,
            "cpu",
            registries,
            config.binder())) {
      return test.of(new Solver(solver, learner.architecture(), learner.network()), learner);
    }
  }

  private interface Solved<T> {
    T of(Solver solver, LearningDetector learner);
  }

  /** How far a step along gradients of one took the first number of each parameter. */
  private static Map<String, Double> moved(Solver solver, LearningDetector learner) {
    Map<String, Tensor> before = learner.network().values();
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      Map<String, NDArray> ones = new LinkedHashMap<>();
      learner
          .architecture()
          .parameters()
          .forEach((name, parameter) -> ones.put(name, manager.ones(parameter.getShape())));
      solver.step(ones, RATE);
    }
    Map<String, Double> moved = new LinkedHashMap<>();
    learner
        .network()
        .values()
        .forEach(
            (name, after) ->
                moved.put(name, (double) before.get(name).floats()[0] - after.floats()[0]));
    return moved;
  }

  /** Weights of normalisations are 1 before the first step, all biases 0. */
  private static void moved(
      Map<String, Double> moved, double normWeight, double normBias, double linearBias) {
    assertThat(moved.get(NORM + "weight")).isCloseTo(normWeight, within(1e-6));
    assertThat(moved.get(NORM + "bias")).isCloseTo(normBias, within(1e-6));
    assertThat(moved.get(LINEAR + "bias")).isCloseTo(linearBias, within(1e-6));
  }

  @Test
  void theRateOfBiasesIsThatOfNormalisationsBiasesToo() throws IOException {
    moved(with(SolverTest::moved, "weightDecayNorm=0.2"), RATE * 1.2, RATE, RATE);
    moved(
        with(SolverTest::moved, "weightDecayNorm=0.2", "biasLrFactor=2"),
        RATE * 1.2,
        2 * RATE,
        2 * RATE);
  }

  /**
   * Of the second step, when a bias is no longer 0 but -RATE, and a weight of a norm 1 - 1.2 RATE.
   */
  @Test
  void theDecayOfBiasesIsThatOfNormalisationsBiasesTooWhereItIsSaid() throws IOException {
    Solved<Map<String, Double>> second =
        (solver, learner) -> {
          moved(solver, learner);
          return moved(solver, learner);
        };
    String[] common = {"momentum=0", "weightDecay=0.1", "weightDecayNorm=0.2", ""};
    double norm = RATE * (1 + 0.2 * (1 - 1.2 * RATE));
    common[3] = "weightDecayBias=null";
    moved(with(second, common), norm, RATE * (1 - 0.2 * RATE), RATE * (1 - 0.1 * RATE));
    common[3] = "weightDecayBias=0.3";
    moved(with(second, common), norm, RATE * (1 - 0.3 * RATE), RATE * (1 - 0.3 * RATE));
  }

  private List<Double> rates(String... overrides) throws IOException {
    return with(
        (solver, learner) -> IntStream.range(0, 4).mapToObj(solver::rate).toList(), overrides);
  }

  /** Four of four steps: a line from 0.1 * 0.02 to where the schedule ends, not past it. */
  @Test
  void aWarmUpThatIsLongerThanTheRunEndsWithIt() throws IOException {
    List<Double> found =
        rates("maxIter=4", "warmupIters=10", "warmupFactor=0.1", "baseLr=0.02", "baseLrEnd=0.01");
    double[] expected = {0.002, 0.004, 0.006, 0.008};
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.get(i)).as("step %d", i).isCloseTo(expected[i], within(1e-12));
    }
  }
}
