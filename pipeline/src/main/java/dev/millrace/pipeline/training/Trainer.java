package dev.millrace.pipeline.training;

import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.engine.EngineConfig;
import dev.millrace.components.engine.LearningDetector;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.supervision.Shuffle;
import dev.millrace.components.training.TrainableModel;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Evaluation;
import dev.millrace.pipeline.evaluation.Measure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The loop: a batch, gradients, a step; now and then a line of the log, a saved state, a
 * measurement. Confined to one thread.
 */
final class Trainer {

  private static final int LOG_PERIOD = 20;
  private static final long CHOICE = 4;

  private final LearningDetector learner;
  private final Solver solver;
  private final BatchLoader loader;
  private final Seeds seeds;
  private final TrainingConfig config;
  private final ModelConfig model;
  private final EngineConfig engine;
  private final @Nullable Dataset test;
  private final TrainingFolder folder;
  private final String configHash;
  private final MetricsLog log;
  private final TrainingListener listener;
  private final StepWindow window = new StepWindow();
  private final ResidentMemory memory = new ResidentMemory();
  private final Unreached unreached = new Unreached();
  private final double secondsBefore;
  private final long start = System.nanoTime();
  private double stepSeconds;
  private Map<Measure, CocoAp> ap = Map.of();

  /** Everything but {@code log} and {@code loader} is the caller's. */
  Trainer(
      TrainingSetup setup,
      LearningDetector learner,
      Solver solver,
      BatchLoader loader,
      Seeds seeds,
      MetricsLog log,
      double secondsBefore) {
    this.learner = learner;
    this.solver = solver;
    this.loader = loader;
    this.seeds = seeds;
    this.config = setup.training();
    this.model = setup.config().config().model();
    this.engine = setup.config().config().engine();
    this.test = setup.test();
    this.folder = setup.folder();
    this.configHash = setup.config().hash();
    this.log = log;
    this.listener = setup.listener();
    this.secondsBefore = secondsBefore;
  }

  /**
   * Runs until all steps are done and measured, or somebody wants it to stop; what was done is
   * saved by then.
   *
   * @param done steps that earlier runs did
   * @param stop asked between two steps, and while it is measured
   */
  TrainingReport run(int done, BooleanSupplier stop) throws InterruptedException {
    int all = config.solver().maxIter();
    int iteration = done;
    boolean stopped = done > 0 && measures(done) && !measured(done) && !measure(done, stop);
    while (iteration < all && !stopped) {
      iteration++;
      step(iteration);
      stopped = stop.getAsBoolean() && iteration < all;
      boolean save =
          stopped
              || iteration == all
              || measures(iteration)
              || iteration % config.solver().checkpointPeriod() == 0;
      if (save || iteration % LOG_PERIOD == 0) {
        write(iteration);
      }
      if (save) {
        save(iteration);
        plot();
      }
      // Saved already: whatever ends the measurement, a run that goes on from here makes it first.
      if (!stopped && measures(iteration)) {
        stopped = !measure(iteration, stop);
      }
    }
    return new TrainingReport(iteration, all, stopped, seconds(), ap, memory.slope());
  }

  private void step(int iteration) throws InterruptedException {
    long began = System.nanoTime();
    List<Sample> samples = loader.next();
    long ready = System.nanoTime();
    double rate = solver.rate(iteration - 1);
    try (TrainableModel.Gradients found =
        learner
            .network()
            .gradients(
                learner.batch(samples.stream().map(Sample::image).toList()),
                samples.stream().map(Sample::truth).toList(),
                Shuffle.of(seeds.at(CHOICE, iteration)))) {
      if (!Float.isFinite(found.total())) {
        throw new TrainingFailedException(
            "the losses of step "
                + iteration
                + " are no numbers any more: "
                + found.losses()
                + ". Lower training.solver.baseLr, warm up longer, or bound the gradients"
                + " (training.solver.clipGradients).");
      }
      unreached.see(found);
      double norm = solver.step(found.gradients(), rate);
      double took = (System.nanoTime() - began) / 1e9;
      window.add(found.losses(), norm, took, (ready - began) / 1e9);
      stepSeconds = stepSeconds == 0 ? took : 0.95 * stepSeconds + 0.05 * took;
      listener.step(
          iteration,
          config.solver().maxIter(),
          found.losses(),
          rate,
          stepSeconds * (config.solver().maxIter() - iteration));
    }
  }

  private void write(int iteration) {
    if (window.isEmpty()) {
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("iteration", iteration);
    line.putAll(window.drain());
    line.put("lr", solver.rate(iteration - 1));
    line.put("elapsed", seconds());
    memory.look(iteration).ifPresent(mb -> line.put("rss_mb", mb));
    log.write(line);
  }

  private void save(int iteration) {
    Map<String, Tensor> values = learner.network().values();
    Safetensors.write(
        folder.weights(),
        values,
        Map.of("iteration", Integer.toString(iteration), "config", configHash));
    new TrainingState(
            iteration, configHash, seconds(), values, solver.state(), learner.network().averages())
        .write(folder.state());
  }

  private boolean measures(int iteration) {
    int period = config.evalPeriod();
    return test != null
        && (iteration == config.solver().maxIter() || (period > 0 && iteration % period == 0));
  }

  private boolean measured(int iteration) {
    return MetricsLog.read(folder.metrics()).stream()
        .filter(line -> Integer.valueOf(iteration).equals(line.get(MetricsLog.ITERATION)))
        .anyMatch(line -> line.containsKey(ap(Measure.BOXES)));
  }

  private static String ap(Measure measure) {
    return measure.iouType() + "/AP";
  }

  /** False if it was stopped. */
  private boolean measure(int iteration, BooleanSupplier stop) {
    Dataset pictures = Objects.requireNonNull(test);
    int lanes = Runtime.getRuntime().availableProcessors();
    EngineConfig single = new EngineConfig(engine.mode(), engine.device(), engine.precision(), 1);
    List<Detector> detectors = learner.detectors(single, lanes);
    try {
      int count = pictures.images().size();
      Optional<Evaluation.Report> report =
          new Evaluation(pictures, model.classes(), 1)
              .run(detectors, at -> listener.measuring(iteration, at, count), stop);
      if (report.isEmpty()) {
        return false;
      }
      Map<Measure, CocoAp> found = report.get().measures();
      ap = found;
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("iteration", iteration);
      found.forEach(
          (measure, value) -> {
            line.put(ap(measure), value.ap());
            line.put(ap(measure) + "50", value.ap50());
            line.put(ap(measure) + "75", value.ap75());
          });
      log.write(line);
      plot();
      listener.measured(iteration, found);
      return true;
    } finally {
      detectors.forEach(Detector::close);
    }
  }

  private void plot() {
    TrainingPlot.write(
        folder.plot(),
        folder.path().toString(),
        MetricsLog.read(folder.metrics()).stream().map(TrainingPoint::of).toList());
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - start) / 1e9;
  }
}
