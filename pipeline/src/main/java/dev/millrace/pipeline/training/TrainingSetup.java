package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.ParameterPattern;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.engine.LearningDetector;
import dev.millrace.components.engine.WeightsFinder;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.components.modeling.NotTrainableException;
import dev.millrace.pipeline.config.DatasetConfig;
import dev.millrace.pipeline.config.InputConfig;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Datasets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run as it was asked for.
 *
 * @param config with a {@code training} section
 * @param registries what its components are looked up in
 * @param finder of the weights that it begins with
 * @param train what is learnt from
 * @param test what it is measured by, or null
 * @param device auto, cpu or cuda:N
 * @param folder where results go
 * @param resume whether to go on with a run that is there
 */
public record TrainingSetup(
    LoadedConfig config,
    Registries registries,
    WeightsFinder finder,
    Dataset train,
    @Nullable Dataset test,
    String device,
    TrainingFolder folder,
    boolean resume,
    TrainingListener listener) {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingSetup.class);

  /**
   * Opens what the configuration names.
   *
   * @throws ConfigException if there is no training section, or no such dataset
   */
  public static TrainingSetup of(
      LoadedConfig config,
      Registries registries,
      WeightsFinder finder,
      Datasets datasets,
      String device,
      TrainingFolder folder,
      boolean resume,
      TrainingListener listener) {
    TrainingConfig training = config.config().training();
    if (training == null) {
      throw new ConfigException(
          "training",
          "there is no section that says what to learn from.",
          "configs/street/train.yaml has one; docs/train.md explains it.");
    }
    List<ObjectClass> classes = config.config().model().classes();
    DatasetConfig test = training.test();
    return new TrainingSetup(
        config,
        registries,
        finder,
        open(datasets, training.train(), "training.train", classes),
        test == null ? null : open(datasets, test, "training.test", classes),
        device,
        folder,
        resume,
        listener);
  }

  private static Dataset open(
      Datasets datasets, DatasetConfig config, String path, List<ObjectClass> classes) {
    try {
      Dataset all = datasets.open(config.dataset(), config.splitsOrNone(), classes);
      Integer limit = config.limit();
      return limit == null ? all : all.limit(limit);
    } catch (ConfigException e) {
      throw new ConfigException(path + ".dataset", String.valueOf(e.getMessage()), null);
    }
  }

  TrainingConfig training() {
    TrainingConfig training = config.config().training();
    if (training == null) {
      throw new IllegalStateException("checked before");
    }
    return training;
  }

  /**
   * Runs until all steps are done or somebody wants it to stop.
   *
   * @param stop asked between two steps, and while it is measured
   * @throws ConfigException if something does not fit, or the model has no training pass; before
   *     any value has changed
   * @throws TrainingFailedException if it cannot go on
   */
  public TrainingReport run(BooleanSupplier stop) throws InterruptedException {
    TrainingConfig training = training();
    TrainingState state = folder.open(resume) ? TrainingState.read(folder.state()) : null;
    int done = state == null ? 0 : state.iteration();
    Seeds seeds = new Seeds(training.seed());
    try (LearningDetector learner = learner(training, state)) {
      Solver solver = new Solver(training.solver(), learner.architecture(), learner.network());
      if (state != null) {
        restore(solver, state);
        learner.network().restoreAverages(state.averages());
      }
      InputConfig input = training.input();
      Lessons lessons = Lessons.of(learner, input, classIndices());
      Dataset taught = TaughtPictures.of(train, lessons);
      TrainingSampler sampler =
          new TrainingSampler(
              taught.images(),
              taught.neighbours(),
              training.solver().imsPerBatch(),
              input.aspectRatioGrouping(),
              seeds);
      Augmentation augmentation = new Augmentation(input, learner.preprocessor(), lessons);
      int workers = input.numWorkers() == null ? 1 : input.numWorkers();
      try (BatchLoader loader =
              new BatchLoader(taught, sampler, augmentation, seeds, done, workers);
          MetricsLog log = MetricsLog.open(folder.metrics(), state == null ? -1 : done)) {
        return new Trainer(
                this, learner, solver, loader, seeds, log, state == null ? 0 : state.seconds())
            .run(done, stop);
      } catch (NotTrainableException e) {
        throw new ConfigException(
            "model.architecture",
            e.getMessage() + ".",
            "Train another one, such as that of configs/street/train.yaml.");
      }
    }
  }

  private void restore(Solver solver, TrainingState state) {
    if (!state.configHash().equals(config.hash())) {
      LOG.warn("{} was made with another configuration: it goes on with this one", folder.state());
    }
    try {
      solver.restore(state.optimizer());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          folder.state().toString(),
          "the optimiser cannot go on from this state: " + e.getMessage() + ".",
          "Go on with the configuration that it began with, or begin anew by --output.");
    }
  }

  private LearningDetector learner(TrainingConfig training, @Nullable TrainingState state) {
    List<ParameterPattern> frozen =
        training.freeze() == null
            ? List.of()
            : training.freeze().stream().map(ParameterPattern::of).toList();
    LearningDetector.InitialValues initial =
        state == null
            ? LearningDetector.configured(config.config().model(), finder)
            : architecture -> fitting(architecture, state);
    return LearningDetector.of(
        config.config().model(),
        architecture -> {
          checkUsed(architecture, frozen);
          return initial.of(architecture);
        },
        name -> frozen.stream().anyMatch(pattern -> pattern.matches(name)),
        device,
        registries,
        config.binder());
  }

  private static void checkUsed(MetaArchitecture architecture, List<ParameterPattern> frozen) {
    for (ParameterPattern pattern : frozen) {
      if (architecture.parameters().keySet().stream().noneMatch(pattern::matches)) {
        throw new ConfigException(
            "training.freeze",
            "'" + pattern.text() + "' fits no parameter of the model.",
            "Correct it; 'backbone.**' is the backbone and all below it.");
      }
    }
  }

  /** The saved values, if they are this network's. */
  private Map<String, Tensor> fitting(MetaArchitecture architecture, TrainingState state) {
    architecture
        .parameters()
        .forEach(
            (name, parameter) -> {
              Tensor saved = state.values().get(name);
              long[] shape = parameter.getShape().getShape();
              if (saved == null || !Arrays.equals(saved.shape(), shape)) {
                throw new ConfigException(
                    folder.state().toString(),
                    "this run is of another network: "
                        + name
                        + " is "
                        + (saved == null ? "not there" : saved)
                        + ", expected "
                        + Arrays.toString(shape)
                        + ".",
                    "Go on with the configuration that it began with, or begin anew by --output.");
              }
            });
    return state.values();
  }

  private Map<Long, Integer> classIndices() {
    Map<Long, Integer> indices = new HashMap<>();
    List<ObjectClass> classes = config.config().model().classes();
    for (int i = 0; i < classes.size(); i++) {
      indices.put((long) classes.get(i).id(), i);
    }
    return indices;
  }
}
