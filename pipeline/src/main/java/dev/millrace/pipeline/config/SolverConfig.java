package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values change: Detectron2's {@code SOLVER}. */
public record SolverConfig(
    @JsonPropertyDescription("Pictures of a step") @JsonProperty(defaultValue = "16")
        int imsPerBatch,
    @JsonPropertyDescription("Steps") @JsonProperty(defaultValue = "40000") int maxIter,
    @JsonPropertyDescription(
            "sgd, with momentum; or adamw, which learns from nothing in fewer steps (rates of about"
                + " 0.001, weightDecay of about 0.02)")
        @JsonProperty(defaultValue = "sgd")
        OptimizerType optimizer,
    @JsonPropertyDescription("Learning rate that lrScheduler begins with; a warm-up precedes it")
        @JsonProperty(defaultValue = "0.001")
        double baseLr,
    @JsonPropertyDescription("Learning rate that a cosine ends at")
        @JsonProperty(defaultValue = "0")
        double baseLrEnd,
    @JsonPropertyDescription(
            "warmup-multi-step: times gamma at each of steps; warmup-cosine: half a cosine wave")
        @JsonProperty(defaultValue = "warmup-multi-step")
        Scheduler lrScheduler,
    @JsonPropertyDescription(
            "Steps at which warmup-multi-step reduces the rate; default [30000]. One within the"
                + " warm-up lowers what that leads to")
        @Nullable List<Integer> steps,
    @JsonPropertyDescription("By how much") @JsonProperty(defaultValue = "0.1") double gamma,
    @JsonPropertyDescription("Steps until the rate is lrScheduler's, at most maxIter")
        @JsonProperty(defaultValue = "1000")
        int warmupIters,
    @JsonPropertyDescription("Share of lrScheduler's first rate that the first step has")
        @JsonProperty(defaultValue = "0.001")
        double warmupFactor,
    @JsonPropertyDescription(
            "linear: from there to lrScheduler's rate at warmupIters; constant: that share until"
                + " then")
        @JsonProperty(defaultValue = "linear")
        Warmup warmupMethod,
    @JsonPropertyDescription("Share of a step that the next one repeats")
        @JsonProperty(defaultValue = "0.9")
        double momentum,
    @JsonPropertyDescription("Nesterov's form of it") @JsonProperty(defaultValue = "false")
        boolean nesterov,
    @JsonPropertyDescription("Share of itself that a weight loses in a step, times the rate")
        @JsonProperty(defaultValue = "0.0001")
        double weightDecay,
    @JsonPropertyDescription("The same of normalisation's scales and shifts")
        @JsonProperty(defaultValue = "0")
        double weightDecayNorm,
    @JsonPropertyDescription(
            "The same of all biases, normalisation's shifts too; default: none of their own")
        @Nullable Double weightDecayBias,
    @JsonPropertyDescription("Multiplies the rate of all biases, normalisation's shifts too")
        @JsonProperty(defaultValue = "1")
        double biasLrFactor,
    @JsonPropertyDescription("Bounds gradients; default: none") @Nullable ClipConfig clipGradients,
    @JsonPropertyDescription("Steps from one saved state to the next, which --resume goes on from")
        @JsonProperty(defaultValue = "500")
        int checkpointPeriod) {

  /** What steps are made of. */
  public enum OptimizerType {
    SGD,
    ADAMW
  }

  /** How the learning rate goes on after the warm-up. */
  public enum Scheduler {
    WARMUP_MULTI_STEP,
    WARMUP_COSINE
  }

  /** How it begins. */
  public enum Warmup {
    LINEAR,
    CONSTANT
  }

  /** How gradients are bounded: Detectron2's {@code CLIP_GRADIENTS}. */
  public record ClipConfig(
      @JsonPropertyDescription(
              "value: each number; norm: each parameter's norm; full-model: the norm of all"
                  + " together")
          @JsonProperty(defaultValue = "value")
          Type clipType,
      @JsonPropertyDescription("The bound") @JsonProperty(defaultValue = "1") double clipValue) {

    /** What is bounded. */
    public enum Type {
      VALUE,
      NORM,
      FULL_MODEL
    }

    public ClipConfig {
      positive("clipValue", clipValue);
    }
  }

  public SolverConfig {
    atLeast("imsPerBatch", imsPerBatch, 1);
    atLeast("maxIter", maxIter, 1);
    positive("baseLr", baseLr);
    within("baseLrEnd", baseLrEnd, baseLr);
    within("gamma", gamma, 1);
    atLeast("warmupIters", warmupIters, 0);
    within("warmupFactor", warmupFactor, 1);
    within("momentum", momentum, 0.9999);
    within("weightDecay", weightDecay, 1);
    within("weightDecayNorm", weightDecayNorm, 1);
    if (weightDecayBias != null) {
      within("weightDecayBias", weightDecayBias, 1);
    }
    positive("biasLrFactor", biasLrFactor);
    atLeast("checkpointPeriod", checkpointPeriod, 1);
    if (steps != null && !steps.equals(steps.stream().sorted().distinct().toList())) {
      throw new ConfigException("steps", "expected ascending steps, found " + steps + ".", null);
    }
  }

  /** {@link #steps}, or Detectron2's. */
  public List<Integer> stepsOrStandard() {
    return steps == null ? List.of(30000) : steps;
  }

  private static void atLeast(String key, int value, int least) {
    if (value < least) {
      throw new ConfigException(key, "expected " + least + " or more, found " + value + ".", null);
    }
  }

  private static void positive(String key, double value) {
    if (!(value > 0 && value < 1e9)) {
      throw new ConfigException(key, "expected a number above 0, found " + value + ".", null);
    }
  }

  private static void within(String key, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new ConfigException(key, "expected 0 to " + most + ", found " + value + ".", null);
    }
  }
}
