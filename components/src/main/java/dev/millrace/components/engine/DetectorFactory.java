package dev.millrace.components.engine;

import ai.djl.nn.Parameter;
import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Checkpoint;
import dev.millrace.components.checkpoint.CheckpointException;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.ParameterReport;
import dev.millrace.components.checkpoint.Sha256;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Builds detectors: components, plan, weights, programs, warm-up, in this order, so that what does
 * not fit is refused before a weight is loaded. Callable from any thread; a detector belongs to its
 * lane's thread once it is handed over.
 */
public final class DetectorFactory {

  private static final String WEIGHTS_PATH = "model.weights";

  private final Registries registries;
  private final ArgumentBinder binder;
  private final WeightsFinder finder;

  public DetectorFactory(Registries registries, ArgumentBinder binder, WeightsFinder finder) {
    this.registries = registries;
    this.binder = binder;
    this.finder = finder;
  }

  /**
   * Builds one detector for each lane.
   *
   * @param live what was built before, one for each lane, or none: components and weights that did
   *     not change are shared with it, and the programs too if the whole network is the same. It
   *     stays usable, may be closed already, and is closed by its owner
   * @throws ConfigException if the configuration does not fit
   */
  public List<Detector> build(
      ModelConfig model, EngineConfig engine, int lanes, List<Detector> live) {
    Target target = Target.of(engine);
    List<LoadedModel> previous =
        live.stream().filter(LoadedModel.class::isInstance).map(LoadedModel.class::cast).toList();
    List<String> classNames = model.classes().stream().map(ModelConfig.ObjectClass::name).toList();
    ComponentBuilder builder =
        new ComponentBuilder(
            registries,
            binder,
            classNames,
            finder,
            previous.isEmpty() ? Map.of() : previous.get(0).components());
    Preprocessor preprocessor =
        builder.component(Preprocessor.class, model.preprocessor(), Map.of());
    Postprocessor postprocessor =
        builder.component(Postprocessor.class, model.postprocessor(), Map.of());
    MetaArchitecture architecture =
        builder.component(MetaArchitecture.class, model.architecture(), Map.of());
    // The live architecture has been planned before it went live.
    boolean planned = previous.stream().anyMatch(m -> m.architecture() == architecture);
    Plan plan = planned ? null : plan(preprocessor, architecture, target.eager());
    Optional<WeightsStore.Found> file = finder.find(model.weights());
    String origin = origin(model.weights(), file);
    List<SharedParts> parts = same(previous, architecture, origin, target, lanes);
    if (parts.isEmpty()) {
      parts =
          parts(
              plan == null ? plan(preprocessor, architecture, target.eager()) : plan,
              weights(model.weights(), architecture, file, origin, previous),
              architecture,
              preprocessor,
              target,
              lanes,
              origin);
    }
    List<Detector> detectors = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      detectors.add(
          new LoadedModel(
              preprocessor,
              architecture,
              postprocessor,
              model.classes(),
              parts.get(lane),
              builder.built(),
              hash(architecture, file, origin)));
    }
    return detectors;
  }

  /**
   * Builds a model of shapes alone, without weights: what {@link #build} does first.
   *
   * @return its parameters' shapes by name, in the model's order
   * @throws ConfigException if its parts do not fit
   */
  public Map<String, long[]> parameterShapes(ModelConfig model) {
    return shapes(planned(model));
  }

  private static Map<String, long[]> shapes(MetaArchitecture architecture) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    architecture
        .parameters()
        .forEach((name, parameter) -> shapes.put(name, parameter.getShape().getShape()));
    return shapes;
  }

  /** A model of shapes alone. */
  private MetaArchitecture planned(ModelConfig model) {
    ComponentBuilder builder =
        new ComponentBuilder(
            registries,
            binder,
            model.classes().stream().map(ModelConfig.ObjectClass::name).toList(),
            finder,
            Map.of());
    Preprocessor preprocessor =
        builder.component(Preprocessor.class, model.preprocessor(), Map.of());
    builder.component(Postprocessor.class, model.postprocessor(), Map.of());
    MetaArchitecture architecture =
        builder.component(MetaArchitecture.class, model.architecture(), Map.of());
    plan(preprocessor, architecture, false);
    return architecture;
  }

  /** The parts that run now if they are what is asked for; else none. */
  private static List<SharedParts> same(
      List<LoadedModel> previous,
      MetaArchitecture architecture,
      String origin,
      Target target,
      int lanes) {
    List<SharedParts> held = new ArrayList<>();
    for (LoadedModel model : previous) {
      if (model.architecture() == architecture
          && model.parts().origin().equals(origin)
          && model.parts().target().equals(target)
          && model.parts().tryRetain()) {
        held.add(model.parts());
      }
    }
    if (held.size() == lanes) {
      return held;
    }
    held.forEach(SharedParts::release);
    return List.of();
  }

  /** Also tells each parameter its shape. */
  static Plan plan(Preprocessor preprocessor, MetaArchitecture architecture, boolean eager) {
    ImageBatch sample = sample(preprocessor, architecture, 640, 480, 1);
    return Plan.of(architecture, eager, sample.height(), sample.width(), LoadedModel.RESULTS);
  }

  /** Takes over the hold on the weights. */
  static List<SharedParts> parts(
      Plan plan,
      Weights weights,
      MetaArchitecture architecture,
      Preprocessor preprocessor,
      Target target,
      int lanes,
      String origin) {
    List<SharedParts> parts = new ArrayList<>();
    boolean complete = false;
    try {
      for (int lane = 0; lane < lanes; lane++) {
        SharedParts own =
            new SharedParts(plan.parts(weights, target), weights.retain(), origin, target);
        parts.add(own);
        warm(own, preprocessor, architecture);
      }
      complete = true;
      return parts;
    } finally {
      if (!complete) {
        parts.forEach(SharedParts::release);
      }
      weights.release();
    }
  }

  /**
   * Two sizes and two batch sizes, so that the programs for any size are there before the first
   * frame is. One lies and one stands, so that neither height nor width stays what it was.
   */
  private static void warm(
      SharedParts parts, Preprocessor preprocessor, MetaArchitecture architecture) {
    LoadedModel.run(parts, sample(preprocessor, architecture, 640, 480, 1));
    LoadedModel.run(parts, sample(preprocessor, architecture, 384, 480, 2));
  }

  /** Black images. */
  private static ImageBatch sample(
      Preprocessor preprocessor, MetaArchitecture architecture, int width, int height, int images) {
    Frame black = new Frame(width, height, new byte[3 * width * height]);
    return new BatchBuffer()
        .fill(
            Collections.nCopies(images, preprocessor.preprocess(black)),
            architecture.sizeDivisibility());
  }

  private static Weights weights(
      WeightsConfig config,
      MetaArchitecture architecture,
      Optional<WeightsStore.Found> file,
      String origin,
      List<LoadedModel> previous) {
    Set<Parameter> all = new HashSet<>(architecture.parameters().values());
    all.addAll(architecture.brought().keySet());
    for (LoadedModel model : previous) {
      Weights earlier = model.parts().weights();
      if (model.parts().origin().equals(origin) && earlier.tryRetain()) {
        try {
          return earlier.hasExactly(all)
              ? earlier.retain()
              : adopt(config, architecture, file, model.architecture().parameters(), earlier);
        } finally {
          earlier.release();
        }
      }
    }
    Map<Parameter, Tensor> values = values(config, architecture, file);
    values.putAll(architecture.brought());
    return readable(() -> new Weights(values));
  }

  /** Takes over what the earlier model has under the same names, and reads the rest. */
  private static Weights adopt(
      WeightsConfig config,
      MetaArchitecture architecture,
      Optional<WeightsStore.Found> file,
      Map<String, Parameter> before,
      Weights earlier) {
    Map<String, Parameter> parameters = architecture.parameters();
    Map<Parameter, Parameter> same = new LinkedHashMap<>();
    parameters.forEach(
        (name, parameter) -> {
          Parameter old = before.get(name);
          if (old != null
              && old.getType() == parameter.getType()
              && old.getShape().equals(parameter.getShape())) {
            same.put(parameter, old);
          }
        });
    Map<Parameter, Tensor> rest = new LinkedHashMap<>();
    if (same.size() != parameters.size() || same.size() != before.size()) {
      rest = values(config, architecture, file);
      rest.keySet().removeAll(same.keySet());
    }
    for (Map.Entry<Parameter, Tensor> brought : architecture.brought().entrySet()) {
      if (earlier.has(brought.getKey())) {
        same.put(brought.getKey(), brought.getKey());
      } else {
        rest.put(brought.getKey(), brought.getValue());
      }
    }
    Map<Parameter, Tensor> values = rest;
    return readable(() -> new Weights(values, same, earlier));
  }

  /** Values are read from their file only now. */
  private static Weights readable(Supplier<Weights> weights) {
    try {
      return weights.get();
    } catch (CheckpointException e) {
      throw new ConfigException(WEIGHTS_PATH, e.getMessage() + ".", e.remedy());
    }
  }

  /**
   * How the weights of a configuration fit its model, without loading them or starting an engine.
   *
   * @throws ConfigException if the configuration does not fit, or its weights cannot be read; not
   *     if they do not fit
   */
  public ParameterReport report(ModelConfig model) {
    return report(model.weights(), planned(model), finder.find(model.weights()));
  }

  private static ParameterReport report(
      WeightsConfig config, MetaArchitecture architecture, Optional<WeightsStore.Found> file) {
    Checkpoint checkpoint =
        file.map(found -> CheckpointLoader.read(found, WEIGHTS_PATH)).orElse(null);
    return CheckpointLoader.match(shapes(architecture), checkpoint, config, architecture.buffers());
  }

  static Map<Parameter, Tensor> values(
      WeightsConfig config, MetaArchitecture architecture, Optional<WeightsStore.Found> file) {
    Map<String, Parameter> parameters = architecture.parameters();
    ParameterReport report = report(config, architecture, file).orThrow(WEIGHTS_PATH);
    long seed = config.seed() == null ? 0 : config.seed();
    Map<Parameter, Initial> initials = architecture.initials();
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    parameters.forEach(
        (name, parameter) -> {
          Tensor trained = report.matched().get(name);
          Initial initial = initials.getOrDefault(parameter, Initial.HE);
          values.put(
              parameter,
              trained == null ? RandomWeights.of(name, parameter, initial, seed) : trained);
        });
    return values;
  }

  /**
   * The network alone, for measuring what surrounds it: runs one batch, resized beforehand.
   *
   * @param detector one that this class built; its thread runs the result
   */
  public static Runnable network(Detector detector, List<Frame> frames) {
    if (!(detector instanceof LoadedModel model)) {
      throw new IllegalArgumentException("not a detector that was built here");
    }
    ImageBatch batch = model.batch(frames.stream().map(model.preprocessor()::preprocess).toList());
    return () -> LoadedModel.run(model.parts(), batch);
  }

  /** Two models with the same origin have the same values in parameters of the same name. */
  private static String origin(WeightsConfig config, Optional<WeightsStore.Found> file) {
    List<Object> all = new ArrayList<>();
    all.add(hash(file));
    all.add(config.initialize() == null ? List.of() : config.initialize());
    all.add(config.ignore() == null ? List.of() : config.ignore());
    all.add(config.seed() == null ? 0L : config.seed());
    return all.toString();
  }

  /** Of the checkpoint, unless components bring weights of their own. */
  private static String hash(
      MetaArchitecture architecture, Optional<WeightsStore.Found> file, String origin) {
    Set<String> brought = architecture.broughtFrom();
    return brought.isEmpty()
        ? file.map(WeightsStore.Found::sha256).orElseGet(() -> Sha256.of(origin))
        : brought.size() == 1 && architecture.parameters().isEmpty()
            ? brought.iterator().next()
            : Sha256.of(origin + brought);
  }

  private static String hash(Optional<WeightsStore.Found> file) {
    return file.map(WeightsStore.Found::sha256).orElse("none");
  }
}
