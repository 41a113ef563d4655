package dev.millrace.components.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Norm;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Batch normalisation in a training step: by the batch where it learns, else by what it keeps. */
class FrozenNormTest {

  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;
  private static final int CELLS = 9;

  private static double[] doubles(Map<String, Tensor> values, String name) {
    float[] floats = values.get(name).floats();
    double[] all = new double[floats.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = floats[i];
    }
    return all;
  }

  /** What the convolution gives: 2 channels of 9 cells. */
  private static double[][] convolved(Map<String, Tensor> values, long seed) {
    double[] weight = doubles(values, "conv.weight");
    double[] bias = doubles(values, "conv.bias");
    byte[] pixels = OneConv.pixels(seed);
    double[][] y = new double[2][CELLS];
    for (int o = 0; o < 2; o++) {
      for (int i = 0; i < CELLS; i++) {
        y[o][i] = bias[o];
        for (int c = 0; c < 3; c++) {
          y[o][i] += weight[3 * o + c] * (pixels[CELLS * c + i] & 0xff) / 255;
        }
      }
    }
    return y;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** The sum of squares around the mean, over {@code n}. */
  private static double variance(double[] values, int n) {
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / n;
  }

  /** The loss of a pass that normalises by these statistics. */
  private static double loss(
      Map<String, Tensor> values, double[][] y, double[] mean, double[] variance) {
    double[] weight = doubles(values, "conv.norm.weight");
    double[] bias = doubles(values, "conv.norm.bias");
    double sum = 0;
    for (int o = 0; o < 2; o++) {
      for (double value : y[o]) {
        double normal = (value - mean[o]) / Math.sqrt(variance[o] + EPSILON);
        sum += Math.pow(normal * weight[o] + bias[o] - 1, 2);
      }
    }
    return sum / (2 * CELLS);
  }

  private static double stepsLoss(TrainableModel model, boolean normLearns) {
    try (TrainableModel.Gradients found = OneConv.gradients(model, 5)) {
      assertThat(found.gradients()).containsKey("conv.weight");
      assertThat(found.gradients().containsKey("conv.norm.weight")).isEqualTo(normLearns);
      new Sgd(model, 0.9, name -> 0).step(found.gradients(), 0.1);
      return found.total();
    }
  }

  private static void keeps(Norm norm) {
    OneConv architecture = new OneConv(norm);
    try (TrainableModel model = architecture.trainable(name -> name.startsWith("conv.norm."))) {
      Map<String, Tensor> before = model.values();
      double loss = stepsLoss(model, false);
      Map<String, Tensor> after = model.values();
      assertThat(before).hasSize(6);
      before.forEach(
          (name, value) -> {
            if (name.startsWith("conv.norm.")) {
              assertThat(after.get(name).data()).as(name).isEqualTo(value.data());
            } else {
              assertThat(after.get(name).data()).as(name).isNotEqualTo(value.data());
            }
          });
      assertThat(loss)
          .isCloseTo(
              loss(
                  before,
                  convolved(before, 5),
                  doubles(before, "conv.norm.running_mean"),
                  doubles(before, "conv.norm.running_var")),
              within(1e-5));
    }
  }

  @Test
  void frozenItKeepsItsStatisticsAndNormalisesByThem() {
    keeps(Norm.BN);
  }

  @Test
  void frozenByItsKindItDoesTheSame() {
    keeps(Norm.FROZEN_BN);
  }

  /** torch's: the batch's own variance is over n, what runs along is over n - 1. */
  @Test
  void learningItNormalisesByTheBatchAndRemembersIt() {
    OneConv architecture = new OneConv(Norm.BN);
    try (TrainableModel model = architecture.trainable(name -> false)) {
      Map<String, Tensor> before = model.values();
      double loss = stepsLoss(model, true);
      Map<String, Tensor> after = model.values();
      double[][] y = convolved(before, 5);
      double[] mean = {mean(y[0]), mean(y[1])};
      double[] variance = {variance(y[0], CELLS), variance(y[1], CELLS)};
      assertThat(loss).isCloseTo(loss(before, y, mean, variance), within(1e-4));
      for (int o = 0; o < 2; o++) {
        assertThat(doubles(after, "conv.norm.running_mean")[o])
            .isCloseTo(
                (1 - MOMENTUM) * doubles(before, "conv.norm.running_mean")[o] + MOMENTUM * mean[o],
                within(1e-5));
        assertThat(doubles(after, "conv.norm.running_var")[o])
            .isCloseTo(
                (1 - MOMENTUM) * doubles(before, "conv.norm.running_var")[o]
                    + MOMENTUM * variance(y[o], CELLS - 1),
                within(1e-5));
      }
      assertThat(after.get("conv.norm.weight").data())
          .isNotEqualTo(before.get("conv.norm.weight").data());
    }
  }
}
