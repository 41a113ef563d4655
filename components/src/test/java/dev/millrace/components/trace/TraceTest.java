package dev.millrace.components.trace;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.engine.TwoForms;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Every operation on arrays that has a traced form, against PyTorch. */
class TraceTest {

  /** x (2, 3, 4), y (3, 1), both between -3 and 3 with some equal values; p and q above 0. */
  private static TwoForms arrays() {
    Random random = new Random(11);
    float[] x = Draw.floats(random, 24, -3, 3);
    float[] y = Draw.floats(random, 3, -3, 3);
    x[0] = y[0];
    x[5] = 0;
    x[7] = 2.5f;
    x[8] = -0.5f;
    return new TwoForms()
        .floats("x", new Shape(2, 3, 4), x)
        .floats("y", new Shape(3, 1), y)
        .floats("p", new Shape(2, 3, 4), Draw.floats(random, 24, 0.1f, 4))
        .floats("q", new Shape(4), Draw.floats(random, 4, 0.5f, 2))
        .longs("i", new Shape(2, 3), 5, -2, 0, 7, 1, -9)
        .longs("j", new Shape(3), 2, 2, -1)
        .bytes("u", DataType.UINT8, new Shape(2, 3), new byte[] {0, 1, 127, (byte) 200, -1, 9});
  }

  private static void binary(String a, String b, Map<String, BinaryOperator<NDArray>> operations) {
    arrays()
        .agree(
            1e-5,
            (f, v) -> operations.forEach((name, op) -> v.put(name, op.apply(v.get(a), v.get(b)))));
  }

  private static void unary(String x, Map<String, UnaryOperator<NDArray>> operations) {
    arrays()
        .agree(1e-5, (f, v) -> operations.forEach((name, op) -> v.put(name, op.apply(v.get(x)))));
  }

  @Test
  void arithmeticThatBroadcasts() {
    Map<String, BinaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("add", NDArray::add);
    all.put("sub", NDArray::sub);
    all.put("mul", NDArray::mul);
    all.put("div", NDArray::div);
    all.put("maximum", NDArray::maximum);
    all.put("minimum", NDArray::minimum);
    all.put("reversed", (a, b) -> b.sub(a));
    all.put("whole", (a, b) -> a.sub(a.mul(b)));
    binary("x", "y", all);
    binary("p", "q", Map.of("pow", NDArray::pow, "div", NDArray::div));
    binary("i", "j", Map.of("add", NDArray::add, "sub", NDArray::sub, "mul", NDArray::mul));
    binary("i", "j", Map.of("maximum", NDArray::maximum, "minimum", NDArray::minimum));
  }

  @Test
  void arithmeticWithNumbers() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("add", a -> a.add(1.5f));
    all.put("sub", a -> a.sub(1.5f));
    all.put("mul", a -> a.mul(-2f));
    all.put("div", a -> a.div(3f));
    all.put("integer", a -> a.mul(3));
    all.put("maximum", a -> a.maximum(0.25f));
    all.put("minimum", a -> a.minimum(0.25f));
    all.put("clip", a -> a.clip(-1f, 1f));
    all.put("square", NDArray::square);
    all.put("rsub", a -> NDArrays.sub(1f, a));
    unary("x", all);
    unary("p", Map.of("pow", a -> a.pow(1.5f), "rdiv", a -> NDArrays.div(2f, a)));
    unary("i", Map.of("add", a -> a.add(2), "mul", a -> a.mul(2L), "sub", a -> a.sub(7)));
    unary("u", Map.of("float", a -> a.toType(DataType.FLOAT32, false).sub(103.53f)));
  }

  @Test
  void inPlaceOperationsGiveNewValues() {
    arrays()
        .agree(
            1e-5,
            (f, v) -> {
              NDArray x = v.get("x").duplicate();
              v.put("chain", x.addi(1f).muli(2f).subi(0.5f).divi(3f));
              NDArray z = v.get("x").duplicate();
              v.put(
                  "arrays", z.addi(v.get("y")).muli(v.get("q")).subi(v.get("y")).divi(v.get("p")));
            });
  }

  @Test
  void typesWidenAsPyTorchWidensThem() {
    binary("i", "u", Map.of("longs", NDArray::add));
    binary("x", "j", Map.of("product", (x, j) -> x.mul(j.reshape(3, 1))));
    unary("i", Map.of("half", a -> a.mul(0.5f), "more", a -> a.add(0.25f)));
    unary("i", Map.of("divided", a -> a.toType(DataType.FLOAT32, false).div(2)));
  }

  @Test
  void integersAreDividedAndAddedAsPyTorchDoes() {
    unary("i", Map.of("halves", a -> a.div(2), "inPlaceOfFloat", a -> a.div(2f)));
    binary("i", "j", Map.of("quotient", NDArray::div));
    unary("u", Map.of("thirds", a -> a.div(3), "sum", NDArray::sum));
    unary("i", Map.of("sum", a -> a.sum(new int[] {1})));
    unary("i", Map.of("ints", a -> a.toType(DataType.INT32, false).sum(new int[] {0}, true)));
    unary("x", Map.of("many", a -> a.gt(0f).sum(), "rows", a -> a.gt(0f).sum(new int[] {2})));
  }

  @Test
  void comparisons() {
    Map<String, BinaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("gt", NDArray::gt);
    all.put("gte", NDArray::gte);
    all.put("lt", NDArray::lt);
    all.put("lte", NDArray::lte);
    all.put("eq", NDArray::eq);
    binary("x", "y", all);
    binary("i", "j", all);
    Map<String, UnaryOperator<NDArray>> numbers = new LinkedHashMap<>();
    numbers.put("gt", a -> a.gt(0));
    numbers.put("gte", a -> a.gte(0));
    numbers.put("lt", a -> a.lt(2.5f));
    numbers.put("lte", a -> a.lte(2.5f));
    numbers.put("eq", a -> a.eq(0));
    unary("x", numbers);
    unary("x", Map.of("not", a -> a.gt(0).logicalNot()));
    binary(
        "x",
        "p",
        Map.of(
            "and", (x, p) -> x.gt(0).logicalAnd(p.gt(2)),
            "or", (x, p) -> x.gt(0).logicalOr(p.gt(2))));
  }

  @Test
  void elementwiseFunctions() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("neg", NDArray::neg);
    all.put("abs", NDArray::abs);
    all.put("exp", NDArray::exp);
    all.put("floor", NDArray::floor);
    all.put("ceil", NDArray::ceil);
    all.put("round", NDArray::round);
    all.put("tanh", NDArray::tanh);
    all.put("sin", NDArray::sin);
    all.put("cos", NDArray::cos);
    all.put("erf", NDArray::erf);
    all.put("sign", NDArray::sign);
    all.put("stopGradient", NDArray::stopGradient);
    unary("x", all);
    unary("p", Map.of("log", NDArray::log, "sqrt", NDArray::sqrt));
  }

  @Test
  void changesOfType() {
    unary(
        "x",
        Map.of(
            "long", a -> a.toType(DataType.INT64, false),
            "int", a -> a.toType(DataType.INT32, true),
            "double", a -> a.toType(DataType.FLOAT64, false),
            "boolean", a -> a.toType(DataType.BOOLEAN, false),
            "same", a -> a.toType(DataType.FLOAT32, false)));
    unary("x", Map.of("back", a -> a.gt(0).toType(DataType.FLOAT32, false)));
    unary("u", Map.of("float", a -> a.toType(DataType.FLOAT32, false)));
  }

  @Test
  void reductions() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("sum", NDArray::sum);
    all.put("sum1", a -> a.sum(new int[] {1}));
    all.put("sumLast", a -> a.sum(new int[] {-1}, true));
    all.put("sum02", a -> a.sum(new int[] {0, 2}));
    all.put("mean", NDArray::mean);
    all.put("mean1", a -> a.mean(new int[] {1}, true));
    all.put("mean0", a -> a.mean(new int[] {0}, false));
    all.put("max", NDArray::max);
    all.put("max2", a -> a.max(new int[] {2}));
    all.put("max1", a -> a.max(new int[] {-2}, true));
    all.put("min", NDArray::min);
    all.put("min2", a -> a.min(new int[] {2}));
    all.put("min0", a -> a.min(new int[] {0}, true));
    unary("x", all);
    unary("i", Map.of("sum", a -> a.sum(new int[] {1}), "max", a -> a.max(new int[] {1})));
  }

  @Test
  void softmaxes() {
    unary(
        "x",
        Map.of(
            "last", a -> a.softmax(-1),
            "middle", a -> a.softmax(1),
            "first", a -> a.softmax(0),
            "log", a -> a.logSoftmax(-1),
            "log1", a -> a.logSoftmax(1)));
  }

  @Test
  void shapes() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("reshape", a -> a.reshape(4, 6));
    all.put("open", a -> a.reshape(new Shape(3, -1, 2)));
    all.put("flatten", NDArray::flatten);
    all.put("flattenSome", a -> a.flatten(1, 2));
    all.put("flattenNegative", a -> a.flatten(0, -2));
    all.put("expand", a -> a.expandDims(1));
    all.put("expandLast", a -> a.expandDims(-1));
    all.put("squeeze", a -> a.expandDims(1).squeeze(1));
    all.put("squeezeTwo", a -> a.expandDims(0).expandDims(2).squeeze(new int[] {0, 2}));
    all.put("squeezeAll", a -> a.expandDims(0).expandDims(2).squeeze());
    all.put("squeezeLast", a -> a.expandDims(3).squeeze(-1));
    all.put("transpose", NDArray::transpose);
    all.put("permute", a -> a.transpose(2, 0, 1));
    all.put("swap", a -> a.swapAxes(0, 2));
    unary("x", all);
    unary(
        "y",
        Map.of(
            "broadcast", a -> a.broadcast(new Shape(5, 3, 4)),
            "longs", a -> a.broadcast(3, 2)));
  }

  @Test
  void slices() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    for (String index :
        new String[] {
          "0",
          "-1",
          ":",
          "1:",
          ":, 1:3",
          ":, :, 2",
          ":, :, -1",
          ":, :, 1:3",
          "..., 0",
          "..., 1:2",
          "0, ...",
          "..., ::2",
          ":, ::2, 1::2",
          ":, -2:",
          ":, :-1",
          ":, :, :-2",
          ":, -3:-1, 0",
          "1, 2, 3",
          ":, 1:1",
          "1, ..., 2",
          ":, :, :99"
        }) {
      all.put(index, a -> a.get(index));
    }
    unary("x", all);
    unary("x", Map.of("arguments", a -> a.get(1), "two", a -> a.get(1, 2)));
  }

  @Test
  void anIndexOutsideIsRefused() {
    assertThatThrownBy(() -> arrays().trace((f, v) -> v.put("o", v.get("x").get(":, 3"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outside");
    assertThatThrownBy(() -> arrays().trace((f, v) -> v.put("o", v.get("x").get("-3"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outside");
  }

  @Test
  void joining() {
    arrays()
        .agree(
            0,
            (f, v) -> {
              NDArray x = v.get("x");
              NDArray p = v.get("p");
              v.put("concat0", x.concat(p));
              v.put("concat1", NDArrays.concat(new NDList(x, p, x), 1));
              v.put("concatLast", NDArrays.concat(new NDList(x, p), -1));
              v.put("alone", NDArrays.concat(new NDList(x), 1));
              v.put("stack", NDArrays.stack(new NDList(x, p)));
              v.put("stack1", NDArrays.stack(new NDList(x, p), 1));
              v.put("stackLast", x.stack(p, -1));
              v.put("where", NDArrays.where(x.gt(0), x, p));
              v.put("whereOne", NDArrays.where(x.gt(0), x, f.manager().create(-7f)));
              v.put("gather", x.gather(v.get("i").abs().mul(0).expandDims(2).add(1), 2));
            });
  }

  @Test
  void products() {
    arrays()
        .agree(
            1e-5,
            (f, v) -> {
              NDArray x = v.get("x");
              v.put("batched", x.matMul(v.get("p").transpose(0, 2, 1)));
              v.put("broadcast", x.matMul(v.get("q").reshape(4, 1)));
              v.put("two", x.get("0").matMul(v.get("p").get("1").transpose()));
              v.put("batchMatMul", x.batchMatMul(v.get("p").transpose(0, 2, 1)));
            });
  }

  @Test
  void arraysMadeInThePass() {
    arrays()
        .agree(
            1e-6,
            (f, v) -> {
              NDArray x = v.get("x");
              v.put("zeros", f.manager().zeros(new Shape(2, 3)));
              v.put("longs", f.manager().zeros(new Shape(2, 3), DataType.INT64));
              v.put("ones", f.manager().ones(new Shape(1, 4)).add(x));
              v.put("full", f.manager().full(new Shape(2, 2), 7f));
              v.put("arange", f.manager().arange(0f, 5f, 1f, DataType.FLOAT32));
              v.put("steps", f.manager().arange(1f, 4f, 0.5f, DataType.FLOAT32));
              v.put("count", f.manager().arange(6));
              v.put("numbers", f.manager().create(new long[] {3, 4, 5}));
              v.put("matrix", f.manager().create(new float[] {1, 2, 3, 4}, new Shape(2, 2)));
              v.put("scalar", f.manager().create(3f).add(x));
              v.put("like", x.zerosLike().add(x.onesLike()));
            });
  }

  @Test
  void anArrayOfAnotherPassIsRefused() {
    Trace first = new Trace();
    NDArray other = first.input("x", DataType.FLOAT32, new Shape(2));
    Trace second = new Trace();
    NDArray own = second.input("x", DataType.FLOAT32, new Shape(2));
    assertThatThrownBy(() -> own.add(other))
        .isInstanceOf(NotTraceableException.class)
        .hasMessageContaining("not made in this forward pass");
  }

  @Test
  void shapesThatDoNotFitAreRefusedWhileTracing() {
    assertThatThrownBy(
            () -> arrays().trace((f, v) -> v.put("o", v.get("x").add(v.get("j").reshape(3)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(2, 3, 4)");
    assertThatThrownBy(() -> arrays().trace((f, v) -> v.put("o", v.get("x").reshape(5, 5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(5, 5)");
  }
}
