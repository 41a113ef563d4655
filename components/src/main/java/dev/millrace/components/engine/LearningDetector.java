package dev.millrace.components.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.training.TrainableModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A detector while it is taught: the components that a configuration names, with values that
 * change. It is trained on PyTorch and, at any time, tried as it would be served. Confined to one
 * thread.
 *
 * <pre>{@code
 * try (LearningDetector learner = LearningDetector.of(config.model(), values, frozen, device, registries, binder)) {
 *   TrainableModel.Gradients found = learner.network().gradients(learner.batch(images), truth, shuffle);
 *   ...
 *   List<Detector> detectors = learner.detectors(config.engine(), 2);
 * }
 * }</pre>
 */
public final class LearningDetector implements AutoCloseable {

  private final ModelConfig model;
  private final Preprocessor preprocessor;
  private final Postprocessor postprocessor;
  private final MetaArchitecture architecture;
  private final Map<String, Part.Spec> results;
  private final TrainableModel network;
  private final BatchBuffer buffer = new BatchBuffer();

  private LearningDetector(
      ModelConfig model,
      Preprocessor preprocessor,
      Postprocessor postprocessor,
      MetaArchitecture architecture,
      Map<String, Part.Spec> results,
      TrainableModel network) {
    this.model = model;
    this.preprocessor = preprocessor;
    this.postprocessor = postprocessor;
    this.architecture = architecture;
    this.results = results;
    this.network = network;
  }

  /** Where the values come from before the first step. */
  @FunctionalInterface
  public interface InitialValues {

    /**
     * @return a value for each of the architecture's parameters, by name
     * @throws ConfigException if there are none that fit
     */
    Map<String, Tensor> of(MetaArchitecture architecture);
  }

  /** Those that the configuration names: a checkpoint, or chance. */
  public static InitialValues configured(ModelConfig model, WeightsFinder finder) {
    return architecture -> {
      Map<Parameter, Tensor> values =
          DetectorFactory.values(model.weights(), architecture, finder.find(model.weights()));
      Map<String, Tensor> byName = new LinkedHashMap<>();
      architecture
          .parameters()
          .forEach((name, parameter) -> byName.put(name, known(values, parameter, name)));
      return byName;
    };
  }

  /**
   * @param frozen names of parameters that keep their values
   * @param device auto (a GPU if PyTorch has one), cpu or cuda:N
   * @throws ConfigException if the configuration does not fit
   */
  public static LearningDetector of(
      ModelConfig model,
      InitialValues initial,
      Predicate<String> frozen,
      String device,
      Registries registries,
      ArgumentBinder binder) {
    ComponentBuilder builder =
        new ComponentBuilder(
            registries,
            binder,
            model.classes().stream().map(ModelConfig.ObjectClass::name).toList(),
            new NoFiles(),
            Map.of());
    Preprocessor preprocessor =
        builder.component(Preprocessor.class, model.preprocessor(), Map.of());
    Postprocessor postprocessor =
        builder.component(Postprocessor.class, model.postprocessor(), Map.of());
    MetaArchitecture architecture =
        builder.component(MetaArchitecture.class, model.architecture(), Map.of());
    Plan plan =
        DetectorFactory.plan(preprocessor, architecture, false); // tells parameters their shapes
    Engine pyTorch = Engines.pyTorch();
    TrainableModel network =
        new TrainableModel(
            architecture, initial.of(architecture), frozen, pyTorch, device(device, pyTorch));
    return new LearningDetector(
        model, preprocessor, postprocessor, architecture, plan.results(), network);
  }

  /** What comes from a file of its own has no gradient: a graph is not made of blocks. */
  private static final class NoFiles implements WeightsFinder {
    @Override
    public Optional<WeightsStore.Found> find(WeightsConfig config) {
      return Optional.empty();
    }

    @Override
    public Optional<WeightsStore.Found> find(WeightsConfig config, String path) {
      throw new ConfigException(
          path,
          "a component that runs a file of its own ("
              + (config.file() == null ? config.url() : config.file())
              + ") cannot be trained, nor what comes after it.",
          "Train a model of blocks, such as configs/street/train.yaml.");
    }

    @Override
    public boolean trustsCode() {
      return true; // it is not run, but refused for another reason
    }
  }

  private static Device device(String name, Engine pyTorch) {
    if (!name.matches("auto|cpu|cuda(:[0-9]{1,2})?")) {
      throw new ConfigException(
          "--device", "expected auto, cpu or cuda:N, found '" + name + "'.", null);
    }
    int gpus = pyTorch.getGpuCount();
    if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
      return Device.cpu();
    }
    int number = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
    if (number >= gpus) {
      throw new ConfigException(
          "--device",
          name
              + " was asked for, but PyTorch sees "
              + (gpus == 0 ? "no GPU" : gpus + " GPUs")
              + ".",
          "Use --device cpu, or see docs/GPU.md.");
    }
    return Device.gpu(number);
  }

  private static <K> Tensor known(Map<K, Tensor> values, K key, String name) {
    Tensor value = values.get(key);
    if (value == null) {
      throw new IllegalStateException("no value for the parameter " + name);
    }
    return value;
  }

  /** Owned by this. */
  public TrainableModel network() {
    return network;
  }

  /** The one that serving uses; any thread. */
  public Preprocessor preprocessor() {
    return preprocessor;
  }

  public MetaArchitecture architecture() {
    return architecture;
  }

  /** Whether it says which pixels an object takes. */
  public boolean masks() {
    return results.containsKey(Instances.FIELDS + Instances.PRED_MASKS);
  }

  /** How many keypoints of an object it finds; 0: none. */
  public int keypoints() {
    Part.Spec maps = results.get(Instances.FIELDS + Instances.PRED_KEYPOINT_HEATMAPS);
    if (maps == null) {
      return 0;
    }
    Shape shape = maps.shape(); // (N, D, K, h, w)
    return Math.toIntExact(shape.get(2));
  }

  /**
   * Stacks images, padded as the network needs them.
   *
   * @return valid until the next call
   */
  public ImageBatch batch(List<InputImage> images) {
    return buffer.fill(images, architecture.sizeDivisibility());
  }

  /**
   * Detectors with the values of this moment, as serving builds them; training may go on. The
   * caller closes them.
   */
  public List<Detector> detectors(EngineConfig engine, int lanes) {
    Target target = Target.of(engine);
    Map<String, Tensor> now = network.values();
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    architecture
        .parameters()
        .forEach((name, parameter) -> values.put(parameter, known(now, name, name)));
    String origin = "a moment of training";
    List<Detector> detectors = new ArrayList<>();
    for (SharedParts parts :
        DetectorFactory.parts(
            DetectorFactory.plan(preprocessor, architecture, target.eager()),
            new Weights(values),
            architecture,
            preprocessor,
            target,
            lanes,
            origin)) {
      detectors.add(
          new LoadedModel(
              preprocessor, architecture, postprocessor, model.classes(), parts, Map.of(), origin));
    }
    return detectors;
  }

  @Override
  public void close() {
    network.close();
  }
}
