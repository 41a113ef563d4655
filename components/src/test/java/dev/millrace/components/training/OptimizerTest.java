package dev.millrace.components.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Norm;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps as torch's {@code SGD} and {@code AdamW} make them, written out in doubles. */
class OptimizerTest {

  private static final String WEIGHT = "conv.weight";
  private static final String BIAS = "conv.bias";
  private static final double[] RATES = {0.1, 0.05, 0.2};

  private final OneConv architecture = new OneConv(Norm.NONE);

  /** Of a parameter at a step; changes its sign, as gradients do. */
  private static float gradient(String name, int step, int i) {
    return (float) Math.sin(name.length() + 7 * step + 1.3 * i);
  }

  private static double decay(String name) {
    return name.equals(WEIGHT) ? 0.03 : 0;
  }

  private static double factor(String name) {
    return name.equals(BIAS) ? 2 : 1;
  }

  private static Map<String, NDArray> gradients(TrainableModel model, NDManager manager, int step) {
    Map<String, NDArray> gradients = new HashMap<>();
    model
        .trainable()
        .forEach(
            (name, value) -> {
              float[] numbers = new float[Math.toIntExact(value.size())];
              for (int i = 0; i < numbers.length; i++) {
                numbers[i] = gradient(name, step, i);
              }
              gradients.put(name, manager.create(numbers, value.getShape()));
            });
    return gradients;
  }

  /** One number's way: what it is after each step. */
  private interface Rule {
    double value(double start, double rateFactor, double decay, double[] gradients);
  }

  private void follows(Function<TrainableModel, Optimizer> made, Rule rule) {
    try (TrainableModel model = architecture.trainable(name -> false)) {
      Map<String, Tensor> before = model.values();
      Optimizer optimizer = made.apply(model);
      for (int step = 0; step < RATES.length; step++) {
        try (NDManager manager = manager(model).newSubManager()) {
          optimizer.step(gradients(model, manager, step), RATES[step]);
        }
      }
      model
          .values()
          .forEach(
              (name, after) -> {
                for (int i = 0; i < after.elements(); i++) {
                  double[] all = new double[RATES.length];
                  for (int step = 0; step < all.length; step++) {
                    all[step] = gradient(name, step, i);
                  }
                  double start = before.get(name).floats()[i];
                  assertThat((double) after.floats()[i])
                      .as("%s[%d]", name, i)
                      .isCloseTo(rule.value(start, factor(name), decay(name), all), within(1e-6));
                }
              });
    }
  }

  private static NDManager manager(TrainableModel model) {
    return model.trainable().values().iterator().next().getManager();
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0.9, false", "0.9, true"})
  void sgdStepsAsTorchs(double momentum, boolean nesterov) {
    follows(
        model -> new Sgd(model, momentum, nesterov, OptimizerTest::decay, OptimizerTest::factor),
        (start, factor, decay, gradients) -> {
          double w = start;
          double v = 0;
          for (int step = 0; step < RATES.length; step++) {
            double g = gradients[step] + decay * w;
            v = momentum * v + g;
            w -= RATES[step] * factor * (nesterov ? g + momentum * v : v);
          }
          return w;
        });
  }

  @Test
  void adamWStepsAsTorchs() {
    follows(
        model -> new AdamW(model, OptimizerTest::decay, OptimizerTest::factor),
        (start, factor, decay, gradients) -> {
          double w = start;
          double m = 0;
          double v = 0;
          for (int t = 1; t <= RATES.length; t++) {
            double g = gradients[t - 1];
            double rate = RATES[t - 1] * factor;
            w *= 1 - rate * decay;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            double bias = Math.sqrt(1 - Math.pow(0.999, t));
            w -= rate / (1 - Math.pow(0.9, t)) * m / (Math.sqrt(v) / bias + 1e-8);
          }
          return w;
        });
  }

  static Stream<Function<TrainableModel, Optimizer>> optimizers() {
    return Stream.of(
        model -> new Sgd(model, 0.9, OptimizerTest::decay),
        model -> new Sgd(model, 0.9, true, OptimizerTest::decay, OptimizerTest::factor),
        model -> new AdamW(model, OptimizerTest::decay, OptimizerTest::factor));
  }

  private static void train(TrainableModel model, Optimizer optimizer, int from, int to) {
    for (int step = from; step < to; step++) {
      try (TrainableModel.Gradients found = OneConv.gradients(model, step)) {
        optimizer.step(found.gradients(), 0.1 / (1 + step));
      }
    }
  }

  private static void same(Map<String, Tensor> found, Map<String, Tensor> expected) {
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(found.get(name).shape()).as(name).isEqualTo(tensor.shape());
          assertThat(found.get(name).data()).as(name).isEqualTo(tensor.data());
        });
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void goesOnBitForBitWhereItWasSaved(Function<TrainableModel, Optimizer> made) {
    Map<String, Tensor> values;
    Map<String, Tensor> state;
    Map<String, Tensor> end;
    try (TrainableModel whole = architecture.trainable(name -> false)) {
      Optimizer optimizer = made.apply(whole);
      assertThat(optimizer.state()).isEmpty();
      train(whole, optimizer, 0, 5);
      values = whole.values();
      state = optimizer.state();
      train(whole, optimizer, 5, 10);
      end = whole.values();
    }
    try (TrainableModel resumed = architecture.trainable(values, name -> false)) {
      Optimizer optimizer = made.apply(resumed);
      optimizer.restore(state);
      same(optimizer.state(), state);
      train(resumed, optimizer, 5, 10);
      same(resumed.values(), end);
    }
    try (TrainableModel forgetful = architecture.trainable(values, name -> false)) {
      train(forgetful, made.apply(forgetful), 5, 10);
      assertThat(forgetful.values().get(WEIGHT).data()).isNotEqualTo(end.get(WEIGHT).data());
    }
  }

  /** What it did since is forgotten, be it of a parameter that the state says nothing of. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void goesBackToWhatWasSaved(Function<TrainableModel, Optimizer> made) {
    try (TrainableModel model = architecture.trainable(name -> false)) {
      Optimizer optimizer = made.apply(model);
      Map<String, Tensor> nothing = optimizer.state();
      train(model, optimizer, 0, 2);
      Map<String, Tensor> early = optimizer.state();
      int arrays = manager(model).getManagedArrays().size();
      train(model, optimizer, 2, 4);
      optimizer.restore(early);
      same(optimizer.state(), early);
      assertThat(manager(model).getManagedArrays()).hasSize(arrays);
      optimizer.restore(nothing);
      assertThat(optimizer.state()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void onlyWhatLearnsIsChangedAndNothingIsLeftUnclosed(Function<TrainableModel, Optimizer> made) {
    try (TrainableModel model = architecture.trainable(BIAS::equals)) {
      Map<String, Tensor> before = model.values();
      Optimizer optimizer = made.apply(model);
      train(model, optimizer, 0, 1);
      int arrays = manager(model).getManagedArrays().size();
      train(model, optimizer, 1, 4);
      assertThat(manager(model).getManagedArrays()).hasSize(arrays);
      Map<String, Tensor> after = model.values();
      assertThat(after.get(BIAS).data()).isEqualTo(before.get(BIAS).data());
      assertThat(after.get(WEIGHT).data()).isNotEqualTo(before.get(WEIGHT).data());
      assertThat(optimizer.state().keySet()).noneMatch(name -> name.endsWith(BIAS));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aParameterWithoutGradientStaysAsItIs(Function<TrainableModel, Optimizer> made) {
    try (TrainableModel model = architecture.trainable(name -> false);
        NDManager manager = manager(model).newSubManager()) {
      Map<String, Tensor> before = model.values();
      Map<String, NDArray> gradients = gradients(model, manager, 0);
      gradients.remove(WEIGHT);
      made.apply(model).step(gradients, 0.1);
      assertThat(model.values().get(WEIGHT).data()).isEqualTo(before.get(WEIGHT).data());
      assertThat(model.values().get(BIAS).data()).isNotEqualTo(before.get(BIAS).data());
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void refusesTheStateOfAnother(Function<TrainableModel, Optimizer> made) {
    try (TrainableModel model = architecture.trainable(name -> false)) {
      Optimizer optimizer = made.apply(model);
      train(model, optimizer, 0, 1);
      Map<String, Tensor> state = optimizer.state();
      for (Function<TrainableModel, Optimizer> other : optimizers().toList()) {
        Optimizer another = other.apply(model);
        if (another.getClass() != optimizer.getClass()) {
          train(model, another, 0, 1);
          refuses(optimizer, another.state());
        }
      }
      String last = List.copyOf(state.keySet()).get(state.size() - 1);
      Map<String, Tensor> shape = new LinkedHashMap<>(state);
      shape.put(last, Tensor.of(new float[7], 7));
      refuses(optimizer, shape);
      Map<String, Tensor> more = new LinkedHashMap<>(state);
      more.put(last.replace("conv", "deconv"), state.get(last));
      refuses(optimizer, more);
      same(optimizer.state(), state);
    }
  }

  private static void refuses(Optimizer optimizer, Map<String, Tensor> state) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.restore(state))
        .withMessageContaining("expected");
  }

  @Test
  void adamWCountsFurtherThanAFloat() {
    Map<String, Tensor> state;
    try (TrainableModel model = architecture.trainable(name -> false)) {
      AdamW optimizer = new AdamW(model, name -> 0, name -> 1);
      state = Map.of("steps", Tensor.of(new float[] {3, 0xffffff}, 2));
      optimizer.restore(state);
      train(model, optimizer, 0, 1);
      assertThat(optimizer.state().get("steps").floats()).containsExactly(4, 0);
      refuses(optimizer, Map.of("steps", Tensor.of(new float[] {3}, 1)));
    }
  }
}
