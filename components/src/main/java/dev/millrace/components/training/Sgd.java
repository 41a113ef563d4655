package dev.millrace.components.training;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.checkpoint.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Stochastic gradient descent with momentum and weight decay as torch's {@code SGD} has it: {@code
 * v = momentum v + (g + decay w)}, {@code w = w - rate v}; in Nesterov's form {@code w = w - rate
 * (g + decay w + momentum v)}. Owns the momentum.
 */
public final class Sgd implements Optimizer {

  private final TrainableModel model;
  private final double momentum;
  private final boolean nesterov;
  private final ToDoubleFunction<String> weightDecay;
  private final ToDoubleFunction<String> rateFactor;
  private final Map<String, NDArray> velocity = new HashMap<>();

  /**
   * @param weightDecay of each parameter by name
   */
  public Sgd(TrainableModel model, double momentum, ToDoubleFunction<String> weightDecay) {
    this(model, momentum, false, weightDecay, name -> 1);
  }

  /**
   * @param weightDecay of each parameter by name
   * @param rateFactor multiplies the rate of each parameter, by name
   */
  public Sgd(
      TrainableModel model,
      double momentum,
      boolean nesterov,
      ToDoubleFunction<String> weightDecay,
      ToDoubleFunction<String> rateFactor) {
    this.model = model;
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.weightDecay = weightDecay;
    this.rateFactor = rateFactor;
  }

  @Override
  public void step(Map<String, NDArray> gradients, double rate) {
    for (Map.Entry<String, NDArray> value : model.trainable().entrySet()) {
      NDArray gradient = gradients.get(value.getKey());
      if (gradient != null) {
        step(
            value.getKey(),
            value.getValue(),
            gradient,
            rate * rateFactor.applyAsDouble(value.getKey()));
      }
    }
  }

  private void step(String name, NDArray value, NDArray gradient, double rate) {
    double decay = weightDecay.applyAsDouble(name);
    if (decay != 0) {
      try (NDArray pull = value.mul((float) decay)) {
        gradient.addi(pull);
      }
    }
    NDArray speed = velocity.get(name);
    if (speed == null) {
      speed = gradient.duplicate();
      speed.attach(value.getManager());
      velocity.put(name, speed);
    } else {
      speed.muli((float) momentum).addi(gradient);
    }
    if (nesterov) {
      try (NDArray ahead = speed.mul((float) momentum)) {
        gradient.addi(ahead);
      }
    }
    try (NDArray change = (nesterov ? gradient : speed).mul((float) rate)) {
      value.subi(change);
    }
  }

  /** The momentum by parameter name. */
  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    for (String name : model.trainable().keySet()) {
      NDArray speed = velocity.get(name);
      if (speed != null) {
        copies.put(name, Tensor.of(speed.toFloatArray(), speed.getShape().getShape()));
      }
    }
    return copies;
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    Moments.of(state, model).into(velocity);
  }
}
