package dev.millrace.components.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import dev.millrace.components.engine.TwoForms;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operations under DJL's layers that have a traced form, against PyTorch. */
class TraceLayersTest {

  private static TwoForms random(Map<String, Shape> shapes) {
    Random random = new Random(3);
    TwoForms forms = new TwoForms();
    shapes.forEach(
        (name, shape) -> forms.floats(name, shape, Draw.floats(random, (int) shape.size(), -1, 1)));
    return forms;
  }

  @ParameterizedTest
  @CsvSource({
    // in, out, groups, kernel rows, columns, stride, padding, dilation
    "4, 6, 1, 3, 3, 1, 1, 1",
    "4, 6, 2, 3, 3, 1, 1, 1",
    "4, 4, 4, 5, 5, 2, 2, 1",
    "4, 6, 1, 3, 3, 1, 2, 2",
    "4, 8, 4, 3, 1, 2, 0, 3",
    "4, 6, 1, 1, 1, 2, 0, 1",
    "4, 6, 1, 7, 7, 3, 3, 1"
  })
  void convolutions(
      int in, int out, int groups, int rows, int columns, int stride, int padding, int dilation) {
    random(
            new LinkedHashMap<>(
                Map.of(
                    "x", new Shape(2, in, 11, 14),
                    "w", new Shape(out, in / groups, rows, columns),
                    "b", new Shape(out))))
        .agree(
            1e-5,
            (f, v) -> {
              v.put(
                  "biased",
                  conv(v.get("x"), v.get("w"), v.get("b"), stride, padding, dilation, groups));
              v.put("plain", conv(v.get("x"), v.get("w"), null, stride, padding, dilation, groups));
            });
  }

  private static NDArray conv(
      NDArray x, NDArray w, NDArray b, int stride, int padding, int dilation, int groups) {
    return Conv2d.conv2d(
            x,
            w,
            b,
            new Shape(stride, stride),
            new Shape(padding, padding),
            new Shape(dilation, dilation),
            groups)
        .singletonOrThrow();
  }

  @Test
  void convolutionsOfUnequalSides() {
    random(Map.of("x", new Shape(1, 2, 9, 12), "w", new Shape(3, 2, 3, 5)))
        .agree(
            1e-5,
            (f, v) ->
                v.put(
                    "o",
                    Conv2d.conv2d(
                            v.get("x"),
                            v.get("w"),
                            null,
                            new Shape(2, 1),
                            new Shape(1, 3),
                            new Shape(1, 2),
                            1)
                        .singletonOrThrow()));
  }

  @ParameterizedTest
  @CsvSource({
    // groups, kernel, stride, padding, output padding, dilation
    "1, 2, 2, 0, 0, 1",
    "1, 4, 2, 1, 0, 1",
    "2, 3, 2, 1, 1, 1",
    "1, 3, 1, 1, 0, 2"
  })
  void deconvolutions(int groups, int kernel, int stride, int padding, int more, int dilation) {
    Random random = new Random(9);
    Shape shape = new Shape(2, 4, 5, 7);
    Shape weights = new Shape(4, 6 / groups, kernel, kernel);
    float[] x = Draw.floats(random, (int) shape.size(), -1, 1);
    float[] w = Draw.floats(random, (int) weights.size(), -1, 1);
    // DJL's PyTorch engine has none, so plain Java is all there is to compare with.
    TwoForms.Result found =
        new TwoForms()
            .floats("x", shape, x)
            .floats("w", weights, w)
            .traced(
                (f, v) ->
                    v.put(
                        "o",
                        Conv2dTranspose.conv2dTranspose(
                                v.get("x"),
                                v.get("w"),
                                null,
                                new Shape(stride, stride),
                                new Shape(padding, padding),
                                new Shape(more, more),
                                new Shape(dilation, dilation),
                                groups)
                            .singletonOrThrow()))
            .get("o");
    long span = dilation * (kernel - 1L) + 1 + more - 2L * padding;
    Shape expected = new Shape(2, 6, 4L * stride + span, 6L * stride + span);
    assertThat(found.shape()).isEqualTo(expected);
    TwoForms.close(
        "deconvolution",
        found.numbers(),
        spread(x, shape, w, weights, expected, groups, stride, padding, dilation),
        1e-5);
  }

  @Test
  void paddingAtAnySideOfTheLastAxes() {
    TwoForms forms =
        new TwoForms().floats("x", new Shape(1, 2, 2, 3), Draw.floats(new Random(7), 12, -1, 1));
    forms.agree(
        0,
        (f, v) -> {
          v.put("columns", v.get("x").pad(new Shape(1, 2), 0));
          v.put("both", v.get("x").pad(new Shape(0, 3, 2, 1), 114));
          v.put("none", v.get("x").pad(new Shape(0, 0, 0, 0), 114));
        });
  }

  /** Every input cell adds its value times the kernel to the cells that it spreads over. */
  private static double[] spread(
      float[] x,
      Shape in,
      float[] w,
      Shape kernel,
      Shape out,
      int groups,
      int stride,
      int padding,
      int dilation) {
    double[] sum = new double[(int) out.size()];
    int ins = (int) in.get(1) / groups;
    int outs = (int) kernel.get(1);
    for (int i = 0; i < x.length; i++) {
      int column = i % (int) in.get(3);
      int row = i / (int) in.get(3) % (int) in.get(2);
      int c = i / (int) (in.get(2) * in.get(3)) % (int) in.get(1);
      int n = i / (int) (in.get(1) * in.get(2) * in.get(3));
      for (int o = 0; o < outs; o++) {
        for (int k = 0; k < kernel.get(2) * kernel.get(3); k++) {
          long y = (long) row * stride - padding + k / kernel.get(3) * dilation;
          long z = (long) column * stride - padding + k % kernel.get(3) * dilation;
          if (y >= 0 && z >= 0 && y < out.get(2) && z < out.get(3)) {
            long channel = (long) (c / ins) * outs + o;
            long at = ((n * out.get(1) + channel) * out.get(2) + y) * out.get(3) + z;
            sum[(int) at] +=
                x[i] * w[(int) ((c * (long) outs + o) * kernel.get(2) * kernel.get(3) + k)];
          }
        }
      }
    }
    return sum;
  }

  @Test
  void linearLayersOfAnyRank() {
    random(
            Map.of(
                "two", new Shape(5, 7),
                "three", new Shape(2, 3, 7),
                "four", new Shape(2, 1, 3, 7),
                "w", new Shape(4, 7),
                "b", new Shape(4)))
        .agree(
            1e-5,
            (f, v) -> {
              for (String x : new String[] {"two", "three", "four"}) {
                v.put(
                    x + "biased",
                    Linear.linear(v.get(x), v.get("w"), v.get("b")).singletonOrThrow());
                v.put(x + "plain", Linear.linear(v.get(x), v.get("w")).singletonOrThrow());
              }
            });
  }

  @Test
  void batchNormalisation() {
    new TwoForms()
        .floats("x", new Shape(2, 3, 4, 5), Draw.floats(new Random(1), 120, -4, 4))
        .floats("mean", new Shape(3), 0.5f, -1, 2)
        .floats("var", new Shape(3), 0.25f, 1, 3)
        .floats("gamma", new Shape(3), 1, 0.5f, -2)
        .floats("beta", new Shape(3), 0, 1, -1)
        .agree(
            1e-5,
            (f, v) ->
                v.put(
                    "o",
                    BatchNorm.batchNorm(
                            v.get("x"),
                            v.get("mean"),
                            v.get("var"),
                            v.get("gamma"),
                            v.get("beta"),
                            1,
                            0.9f,
                            1e-3f,
                            false)
                        .singletonOrThrow()));
  }

  @ParameterizedTest
  @CsvSource({
    // rows, columns, kernel, stride, padding
    "8, 11, 2, 2, 0",
    "8, 11, 3, 2, 1",
    "7, 10, 3, 3, 1",
    "5, 6, 3, 1, 0",
    "5, 6, 2, 3, 1"
  })
  void pools(int rows, int columns, int kernel, int stride, int padding) {
    Shape k = new Shape(kernel, kernel);
    Shape s = new Shape(stride, stride);
    Shape p = new Shape(padding, padding);
    random(Map.of("x", new Shape(2, 3, rows, columns)))
        .agree(
            1e-5,
            (f, v) -> {
              for (boolean ceil : new boolean[] {false, true}) {
                v.put("max" + ceil, Pool.maxPool2d(v.get("x"), k, s, p, ceil));
                if (padding == 0) {
                  v.put("avg" + ceil, Pool.avgPool2d(v.get("x"), k, s, p, ceil, true));
                  v.put("avgWithout" + ceil, Pool.avgPool2d(v.get("x"), k, s, p, ceil, false));
                }
              }
              v.put("avgCounted", Pool.avgPool2d(v.get("x"), k, s, p, false, true));
            });
  }

  /** DJL's PyTorch engine counts padding whether asked to or not; the traced form does as asked. */
  @Test
  void paddingThatIsNotCounted() {
    float[] found =
        new TwoForms()
            .floats("x", new Shape(1, 1, 2, 2), 1, 2, 3, 4)
            .traced(
                (f, v) ->
                    v.put(
                        "o",
                        Pool.avgPool2d(
                            v.get("x"),
                            new Shape(3, 3),
                            new Shape(2, 2),
                            new Shape(1, 1),
                            false,
                            false)))
            .get("o")
            .floats();
    assertThat(found).containsExactly(2.5f);
  }

  @Test
  void countedPaddingBeyondTheLastWindowIsRefusedByName() {
    Shape two = new Shape(2, 2);
    TwoForms forms = random(Map.of("x", new Shape(1, 1, 5, 5)));
    assertThatThrownBy(
            () ->
                forms.trace(
                    (f, v) ->
                        v.put(
                            "o",
                            Pool.avgPool2d(v.get("x"), two, two, new Shape(1, 1), true, true))))
        .isInstanceOf(NotTraceableException.class)
        .hasMessageContaining("avgPool with ceilMode");
  }

  @Test
  void globalPools() {
    random(Map.of("x", new Shape(2, 3, 4, 5)))
        .agree(
            1e-5,
            (f, v) -> {
              v.put("avg", Pool.globalAvgPool2d(v.get("x")));
              v.put("max", Pool.globalMaxPool2d(v.get("x")));
            });
  }

  @Test
  void activations() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("relu", Activation::relu);
    all.put("sigmoid", Activation::sigmoid);
    all.put("tanh", Activation::tanh);
    all.put("softPlus", Activation::softPlus);
    all.put("leakyRelu", x -> Activation.leakyRelu(x, 0.1f));
    all.put("elu", x -> Activation.elu(x, 1f));
    all.put("swish", x -> Activation.swish(x, 1f));
    all.put("gelu", Activation::gelu);
    random(Map.of("x", new Shape(3, 17)))
        .agree(1e-5, (f, v) -> all.forEach((name, op) -> v.put(name, op.apply(v.get("x")))));
  }

  @Test
  void theBlockOfALayerRunsToo() {
    random(Map.of("x", new Shape(2, 3, 8, 8)))
        .agree(
            1e-6,
            (f, v) ->
                v.put(
                    "pooled",
                    f.apply(
                        Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)),
                        v.get("x"))));
  }

  @Test
  void aConvolutionOverTimeIsRefusedByName() {
    TwoForms forms = random(Map.of("x", new Shape(1, 2, 9), "w", new Shape(2, 2, 3)));
    assertThatThrownBy(
            () ->
                forms.trace(
                    (f, v) ->
                        v.put(
                            "o",
                            ai.djl.nn.convolutional.Conv1d.conv1d(
                                    v.get("x"),
                                    v.get("w"),
                                    null,
                                    new Shape(1),
                                    new Shape(1),
                                    new Shape(1),
                                    1)
                                .singletonOrThrow())))
        .isInstanceOf(NotTraceableException.class)
        .hasMessageContaining("convolution over 1");
  }
}
