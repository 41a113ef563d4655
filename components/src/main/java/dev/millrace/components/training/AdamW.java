package dev.millrace.components.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.millrace.components.checkpoint.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019) as torch's {@code AdamW} has it:
 *
 * <pre>
 *  w = w (1 - rate decay)
 *  m = beta1 m + (1 - beta1) g        v = beta2 v + (1 - beta2) g^2
 *  w = w - rate / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * It learns from nothing in far fewer steps than {@link Sgd}, since gradients of any size move a
 * value by about the rate.
 */
public final class AdamW implements Optimizer {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final float EPSILON = 1e-8f;
  private static final String STEPS = "steps";
  private static final String FIRST = "m.";
  private static final String SECOND = "v.";

  private final TrainableModel model;
  private final ToDoubleFunction<String> weightDecay;
  private final ToDoubleFunction<String> rateFactor;
  private final Map<String, NDArray> first = new HashMap<>();
  private final Map<String, NDArray> second = new HashMap<>();
  private long steps;

  /**
   * @param weightDecay of each parameter by name
   * @param rateFactor multiplies the rate of each parameter, by name
   */
  public AdamW(
      TrainableModel model,
      ToDoubleFunction<String> weightDecay,
      ToDoubleFunction<String> rateFactor) {
    this.model = model;
    this.weightDecay = weightDecay;
    this.rateFactor = rateFactor;
  }

  @Override
  public void step(Map<String, NDArray> gradients, double rate) {
    steps++;
    model
        .trainable()
        .forEach(
            (name, value) -> {
              NDArray gradient = gradients.get(name);
              if (gradient != null) {
                step(name, value, gradient, rate * rateFactor.applyAsDouble(name));
              }
            });
  }

  private void step(String name, NDArray value, NDArray gradient, double rate) {
    NDArray m = first.computeIfAbsent(name, key -> zeros(value));
    NDArray v = second.computeIfAbsent(name, key -> zeros(value));
    double decay = weightDecay.applyAsDouble(name);
    try (NDManager step = value.getManager().newSubManager()) {
      NDArray own = gradient.mul((float) (1 - BETA1));
      own.attach(step);
      m.muli((float) BETA1).addi(own);
      NDArray square = gradient.mul(gradient);
      square.attach(step);
      v.muli((float) BETA2).addi(square.muli((float) (1 - BETA2)));
      NDArray mean = v.mul((float) (1 / (1 - Math.pow(BETA2, steps))));
      mean.attach(step);
      NDArray root = mean.sqrt();
      root.attach(step);
      NDArray change = m.div(root.addi(EPSILON));
      change.attach(step);
      if (decay != 0) {
        value.muli((float) (1 - rate * decay));
      }
      value.subi(change.muli((float) (rate / (1 - Math.pow(BETA1, steps)))));
    }
  }

  private static NDArray zeros(NDArray value) {
    NDArray zeros = value.zerosLike();
    zeros.attach(value.getManager());
    return zeros;
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    if (steps == 0) {
      return state;
    }
    // Two numbers of 24 bits: a float32 holds no larger integer exactly.
    state.put(STEPS, Tensor.of(new float[] {steps >> 24, steps & 0xffffff}, 2));
    for (String name : model.trainable().keySet()) {
      copy(FIRST + name, first.get(name), state);
      copy(SECOND + name, second.get(name), state);
    }
    return state;
  }

  private static void copy(String name, @Nullable NDArray from, Map<String, Tensor> to) {
    if (from != null) {
      to.put(name, Tensor.of(from.toFloatArray(), from.getShape().getShape()));
    }
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    Map<String, Tensor> m = new LinkedHashMap<>();
    Map<String, Tensor> v = new LinkedHashMap<>();
    long count = 0;
    for (Map.Entry<String, Tensor> saved : state.entrySet()) {
      String name = saved.getKey();
      if (name.equals(STEPS) && saved.getValue().elements() == 2) {
        float[] parts = saved.getValue().floats();
        count = ((long) parts[0] << 24) + (long) parts[1];
      } else if (name.startsWith(FIRST)) {
        m.put(name.substring(FIRST.length()), saved.getValue());
      } else if (name.startsWith(SECOND)) {
        v.put(name.substring(SECOND.length()), saved.getValue());
      } else {
        throw new IllegalArgumentException(
            "expected the state of AdamW, found " + name + " of " + saved.getValue());
      }
    }
    if (!m.keySet().equals(v.keySet()) || (count == 0 && !m.isEmpty())) {
      throw new IllegalArgumentException(
          "expected the state of AdamW, with steps, m. and v. of each parameter, found "
              + state.keySet());
    }
    Moments firstSaved = Moments.of(m, model);
    Moments secondSaved = Moments.of(v, model);
    firstSaved.into(first);
    secondSaved.into(second);
    steps = count;
  }
}
