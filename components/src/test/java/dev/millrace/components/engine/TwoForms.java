package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.trace.NotTraceableException;
import dev.millrace.components.trace.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs the same lines over the same arrays both ways, eager on PyTorch and traced on ONNX Runtime,
 * and holds them against each other: type, shape, the shape that the trace foretold, and values.
 */
public final class TwoForms {

  private static final Target CPU = new Target(false, -1, false, 1);

  private final Map<String, HostArray> inputs = new LinkedHashMap<>();
  private final Map<Component, Long> components = new LinkedHashMap<>();

  /** An array as Java sees it. */
  public record Result(DataType type, Shape shape, double[] numbers) {

    public float[] floats() {
      float[] values = new float[numbers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) numbers[i];
      }
      return values;
    }

    public long[] longs() {
      long[] values = new long[numbers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (long) numbers[i];
      }
      return values;
    }

    public boolean[] booleans() {
      boolean[] values = new boolean[numbers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = numbers[i] != 0;
      }
      return values;
    }
  }

  public TwoForms floats(String name, Shape shape, float... values) {
    assertThat(values).hasSize((int) shape.size());
    inputs.put(name, HostArray.floats(values, shape));
    return this;
  }

  public TwoForms longs(String name, Shape shape, long... values) {
    HostArray array = HostArray.zeros(DataType.INT64, shape);
    array.data().asLongBuffer().put(values);
    inputs.put(name, array);
    return this;
  }

  public TwoForms ints(String name, Shape shape, int... values) {
    HostArray array = HostArray.zeros(DataType.INT32, shape);
    array.data().asIntBuffer().put(values);
    inputs.put(name, array);
    return this;
  }

  /** Gives a component that the lines use random parameters. */
  public TwoForms parameters(Component component, long seed) {
    components.put(component, seed);
    return this;
  }

  /** Random values of shapes that a trace has told. */
  private Weights weights() {
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    components.forEach(
        (component, seed) ->
            component
                .parameters()
                .forEach((name, p) -> values.put(p, RandomWeights.of(name, p, seed))));
    return new Weights(values);
  }

  /** Bytes as they are: UINT8 or BOOLEAN. */
  public TwoForms bytes(String name, DataType type, Shape shape, byte... values) {
    HostArray array = HostArray.zeros(type, shape);
    array.data().duplicate().put(values);
    inputs.put(name, array);
    return this;
  }

  /** What the lines write, op by op. */
  public Map<String, Result> eager(Stage.Step step) {
    Set<String> names = names(trace(step));
    Weights weights = weights();
    try (EagerPart part = new EagerPart(stages(step), inputs.keySet(), names, List.of(), weights)) {
      return results(part.run(inputs));
    } finally {
      weights.release();
    }
  }

  /** The same of lines that cannot be traced, which the parameters' shapes are not known from. */
  public Map<String, Result> eager(Stage.Step step, Set<String> names) {
    try (EagerPart shapes = new EagerPart(stages(step), inputs.keySet(), names, List.of(), null)) {
      shapes.run(inputs);
    }
    Weights weights = weights();
    try (EagerPart part = new EagerPart(stages(step), inputs.keySet(), names, List.of(), weights)) {
      return results(part.run(inputs));
    } finally {
      weights.release();
    }
  }

  /** Why lines cannot be traced, as the plan says it; null if they can. */
  public @Nullable String whyNotTraceable(Stage.Step step) {
    try {
      trace(step);
      return null;
    } catch (UnsupportedOperationException e) {
      return NotTraceableException.explain(e);
    }
  }

  /** Sessions, tensors and managers that are open now. */
  public static long open() {
    return Natives.createdCount() - Natives.closedCount();
  }

  /** What the lines write, traced and run. */
  public Map<String, Result> traced(Stage.Step step) {
    Set<String> names = names(trace(step));
    Weights weights = weights();
    Segment segment = new Segment(stages(step), inputs.keySet(), names, weights, CPU);
    try {
      return results(segment.run(inputs));
    } finally {
      segment.close();
      weights.release();
    }
  }

  /**
   * Both ways; fails where they differ by more than {@code tolerance}, absolute or relative to the
   * eager value, whichever is wider.
   *
   * @return what the traced form gave
   */
  public Map<String, Result> agree(double tolerance, Stage.Step step) {
    Values foretold = trace(step);
    Map<String, Result> eager = eager(step);
    Map<String, Result> traced = traced(step);
    assertThat(traced.keySet()).isNotEmpty().isEqualTo(eager.keySet());
    eager.forEach(
        (name, expected) -> {
          Result found = traced.get(name);
          assertThat(found.shape()).as("shape of " + name).isEqualTo(expected.shape());
          assertThat(foretold.get(name).getShape())
              .as("shape that the trace foretold of " + name)
              .isEqualTo(expected.shape());
          assertThat(found.type()).as("type of " + name).isEqualTo(expected.type());
          assertThat(foretold.get(name).getDataType())
              .as("type that the trace foretold of " + name)
              .isEqualTo(expected.type());
          close(name, found.numbers(), expected.numbers(), tolerance);
        });
    return traced;
  }

  /** Fails where two arrays differ; NaN equals NaN, infinity itself only. */
  public static void close(String name, double[] found, double[] expected, double tolerance) {
    assertThat(found).as("size of " + name).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double a = found[i];
      double b = expected[i];
      boolean same =
          Double.compare(a, b) == 0
              || a == b
              || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
      assertThat(same)
          .as("%s[%d]: found %s, expected %s, tolerance %s", name, i, a, b, tolerance)
          .isTrue();
    }
  }

  /** The recorded lines: arrays of known shape, without data. */
  public Values trace(Stage.Step step) {
    Values values = new Values();
    Trace trace = Tracing.trace(stages(step), specs(), values);
    assertThat(trace.inputs()).hasSize(inputs.size());
    return values;
  }

  private Map<String, Part.Spec> specs() {
    Map<String, Part.Spec> specs = new LinkedHashMap<>();
    inputs.forEach((name, array) -> specs.put(name, new Part.Spec(array.type(), array.shape())));
    return specs;
  }

  private static List<Stage> stages(Stage.Step step) {
    return List.of(new Stage("test", "test", step));
  }

  private static Set<String> names(Values values) {
    return new LinkedHashSet<>(values.written());
  }

  private static Map<String, Result> results(Map<String, HostArray> arrays) {
    Map<String, Result> results = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> results.put(name, new Result(array.type(), array.shape(), of(array))));
    return results;
  }

  private static double[] of(HostArray array) {
    ByteBuffer data = array.data().duplicate().order(ByteOrder.nativeOrder());
    double[] numbers = new double[Math.toIntExact(array.shape().size())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (array.type()) {
            case FLOAT32 -> data.getFloat();
            case FLOAT64 -> data.getDouble();
            case INT64 -> data.getLong();
            case INT32 -> data.getInt();
            case UINT8 -> data.get() & 0xff;
            case INT8, BOOLEAN -> data.get();
            default -> throw new IllegalArgumentException("no numbers of " + array.type());
          };
    }
    return numbers;
  }
}
