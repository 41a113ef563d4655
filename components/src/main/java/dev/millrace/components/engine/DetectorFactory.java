package dev.millrace.components.engine;

import ai.djl.nn.Parameter;
import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Checkpoint;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.ParameterReport;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
   * @param live what runs now on the same lane: components and weights that did not change are
   *     shared with it, and the programs too if the whole network is the same. It stays usable and
   *     is closed by its owner
   * @throws ConfigException if the configuration does not fit
   */
  public Detector build(ModelConfig model, EngineConfig engine, @Nullable Detector live) {
    Target target = Target.of(engine);
    LoadedModel previous = live instanceof LoadedModel loaded ? loaded : null;
    ComponentBuilder builder =
        new ComponentBuilder(
            registries,
            binder,
            model.classes().stream().map(ModelConfig.ObjectClass::name).toList(),
            previous == null ? Map.of() : previous.components());
    Preprocessor preprocessor =
        builder.component(Preprocessor.class, model.preprocessor(), Map.of());
    MetaArchitecture architecture =
        builder.component(MetaArchitecture.class, model.architecture(), Map.of());
    Postprocessor postprocessor =
        builder.component(Postprocessor.class, model.postprocessor(), Map.of());
    Optional<WeightsStore.Found> file = finder.find(model.weights());
    String origin = origin(model.weights(), file);
    SharedParts parts =
        previous != null
                && previous.architecture() == architecture
                && previous.parts().origin().equals(origin)
                && previous.parts().target().equals(target)
            ? previous.parts().retain()
            : parts(model, architecture, preprocessor, target, file, origin, previous);
    return new LoadedModel(
        preprocessor,
        architecture,
        postprocessor,
        model.classes(),
        parts,
        builder.built(),
        hash(file));
  }

  private SharedParts parts(
      ModelConfig model,
      MetaArchitecture architecture,
      Preprocessor preprocessor,
      Target target,
      Optional<WeightsStore.Found> file,
      String origin,
      @Nullable LoadedModel previous) {
    ImageBatch sample =
        preprocessor.preprocess(List.of(black(640, 480)), architecture.sizeDivisibility());
    Plan plan =
        Plan.of(architecture, target.eager(), sample.height(), sample.width(), LoadedModel.RESULTS);
    Weights weights = weights(model.weights(), architecture, file, origin, previous);
    SharedParts parts = new SharedParts(plan.parts(weights, target), weights, origin, target);
    try {
      warm(parts, preprocessor, architecture);
    } catch (RuntimeException e) {
      parts.release();
      throw e;
    }
    return parts;
  }

  /**
   * Two sizes and two batch sizes, so that the programs for any size are there before the first
   * frame is.
   */
  private static void warm(
      SharedParts parts, Preprocessor preprocessor, MetaArchitecture architecture) {
    for (List<Frame> frames :
        List.of(List.of(black(640, 480)), List.of(black(480, 384), black(480, 384)))) {
      LoadedModel.infer(parts, preprocessor.preprocess(frames, architecture.sizeDivisibility()));
    }
  }

  private static Frame black(int width, int height) {
    return new Frame(width, height, new byte[3 * width * height]);
  }

  private static Weights weights(
      WeightsConfig config,
      MetaArchitecture architecture,
      Optional<WeightsStore.Found> file,
      String origin,
      @Nullable LoadedModel previous) {
    Map<String, Parameter> parameters = architecture.parameters();
    if (previous != null
        && previous.parts().origin().equals(origin)
        && previous.parts().weights().hasExactly(parameters.values())) {
      return previous.parts().weights().retain();
    }
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> shapes.put(name, parameter.getShape().getShape()));
    Checkpoint checkpoint =
        file.map(found -> CheckpointLoader.read(found, WEIGHTS_PATH)).orElse(null);
    ParameterReport report =
        CheckpointLoader.match(
                shapes,
                checkpoint,
                config.initialize() == null ? List.of() : config.initialize(),
                config.ignore() == null ? List.of() : config.ignore(),
                Set.of())
            .orThrow(WEIGHTS_PATH);
    long seed = config.seed() == null ? 0 : config.seed();
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    parameters.forEach(
        (name, parameter) -> {
          Tensor trained = report.matched().get(name);
          values.put(
              parameter, trained == null ? RandomWeights.of(name, parameter, seed) : trained);
        });
    return new Weights(values);
  }

  /** Two models with the same origin have the same values in parameters of the same name. */
  private static String origin(WeightsConfig config, Optional<WeightsStore.Found> file) {
    List<Object> all = new ArrayList<>();
    all.add(hash(file));
    all.add(config.initialize() == null ? List.of() : config.initialize());
    all.add(config.seed() == null ? 0L : config.seed());
    return all.toString();
  }

  private static String hash(Optional<WeightsStore.Found> file) {
    return file.map(WeightsStore.Found::sha256).orElse("none");
  }
}
