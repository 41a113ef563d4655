package dev.millrace.pipeline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.training.AdamW;
import dev.millrace.components.training.GradientClipping;
import dev.millrace.components.training.LearningRate;
import dev.millrace.components.training.Optimizer;
import dev.millrace.components.training.Sgd;
import dev.millrace.components.training.TrainableModel;
import dev.millrace.components.training.WarmUp;
import dev.millrace.components.training.WarmupCosine;
import dev.millrace.components.training.WarmupMultiStep;
import dev.millrace.pipeline.config.SolverConfig;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says of steps: rate, clipping, decay, descent. Detectron2's {@code
 * get_default_optimizer_params} and {@code build_lr_scheduler}. Confined to one thread.
 */
final class Solver {

  private final LearningRate learningRate;
  private final @Nullable GradientClipping clipping;
  private final Optimizer optimizer;

  Solver(SolverConfig config, MetaArchitecture architecture, TrainableModel network) {
    Map<String, Parameter> parameters = architecture.parameters();
    learningRate = learningRate(config);
    clipping = clipping(config.clipGradients());
    ToDoubleFunction<String> decay = name -> decay(config, name, parameters.get(name));
    ToDoubleFunction<String> factor = name -> isBias(name) ? config.biasLrFactor() : 1;
    optimizer =
        switch (config.optimizer()) {
          case SGD -> new Sgd(network, config.momentum(), config.nesterov(), decay, factor);
          case ADAMW -> new AdamW(network, decay, factor);
        };
  }

  private static boolean isNorm(@Nullable Parameter parameter) {
    return parameter != null
        && (parameter.getType() == Parameter.Type.GAMMA
            || parameter.getType() == Parameter.Type.BETA);
  }

  private static boolean isBias(String name) {
    return name.endsWith(".bias");
  }

  /** What is said of biases comes last: it holds for those of normalisations too. */
  private static double decay(SolverConfig config, String name, @Nullable Parameter parameter) {
    Double bias = config.weightDecayBias();
    if (bias != null && isBias(name)) {
      return bias;
    }
    return isNorm(parameter) ? config.weightDecayNorm() : config.weightDecay();
  }

  private static LearningRate learningRate(SolverConfig c) {
    WarmUp warmUp =
        new WarmUp(
            Math.min(c.warmupIters(), c.maxIter()),
            c.warmupFactor(),
            c.warmupMethod() == SolverConfig.Warmup.LINEAR);
    return switch (c.lrScheduler()) {
      case WARMUP_MULTI_STEP ->
          new WarmupMultiStep(c.baseLr(), c.stepsOrStandard(), c.gamma(), warmUp);
      case WARMUP_COSINE -> new WarmupCosine(c.baseLr(), c.baseLrEnd(), c.maxIter(), warmUp);
    };
  }

  private static @Nullable GradientClipping clipping(SolverConfig.@Nullable ClipConfig config) {
    if (config == null) {
      return null;
    }
    return new GradientClipping(
        switch (config.clipType()) {
          case VALUE -> GradientClipping.Type.VALUE;
          case NORM -> GradientClipping.Type.NORM;
          case FULL_MODEL -> GradientClipping.Type.FULL_MODEL;
        },
        config.clipValue());
  }

  void restore(Map<String, Tensor> state) {
    optimizer.restore(state);
  }

  Map<String, Tensor> state() {
    return optimizer.state();
  }

  /** Of a step, from 0. */
  double rate(int iteration) {
    return learningRate.at(iteration);
  }

  /**
   * Changes the values.
   *
   * @return the norm of all gradients, before they were clipped
   */
  double step(Map<String, NDArray> gradients, double rate) {
    double norm = clipping == null ? GradientClipping.norm(gradients) : clipping.clip(gradients);
    optimizer.step(gradients, rate);
    return norm;
  }
}
