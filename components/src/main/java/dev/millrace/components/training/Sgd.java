package dev.millrace.components.training;

import ai.djl.ndarray.NDArray;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Stochastic gradient descent with momentum and weight decay as torch's {@code SGD} has it: {@code
 * v = momentum v + (g + decay w)}, {@code w = w - rate v}. Owns the momentum. Confined to one
 * thread.
 */
public final class Sgd {

  private final TrainableModel model;
  private final double momentum;
  private final ToDoubleFunction<String> weightDecay;
  private final Map<String, NDArray> velocity = new HashMap<>();

  /**
   * @param weightDecay of each parameter by name
   */
  public Sgd(TrainableModel model, double momentum, ToDoubleFunction<String> weightDecay) {
    this.model = model;
    this.momentum = momentum;
    this.weightDecay = weightDecay;
  }

  /** Changes the model's values. */
  public void step(Map<String, NDArray> gradients, double rate) {
    for (Map.Entry<String, NDArray> value : model.trainable().entrySet()) {
      NDArray gradient = gradients.get(value.getKey());
      if (gradient != null) {
        step(value.getKey(), value.getValue(), gradient, rate);
      }
    }
  }

  private void step(String name, NDArray value, NDArray gradient, double rate) {
    double decay = weightDecay.applyAsDouble(name);
    if (decay != 0) {
      gradient.addi(value.mul((float) decay));
    }
    NDArray speed = velocity.get(name);
    if (speed == null) {
      speed = gradient.duplicate();
      speed.attach(value.getManager());
      velocity.put(name, speed);
    } else {
      speed.muli((float) momentum).addi(gradient);
    }
    try (NDArray change = speed.mul((float) rate)) {
      value.subi(change);
    }
  }

  /** Copies of the momentum by parameter name; empty before the first step. */
  public Map<String, float[]> velocity() {
    Map<String, float[]> copies = new LinkedHashMap<>();
    for (String name : model.trainable().keySet()) {
      NDArray speed = velocity.get(name);
      if (speed != null) {
        copies.put(name, speed.toFloatArray());
      }
    }
    return copies;
  }
}
