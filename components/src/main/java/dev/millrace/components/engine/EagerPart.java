package dev.millrace.components.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stages op by op on DJL's PyTorch engine. */
final class EagerPart implements Part {

  /** Parameters' values as PyTorch arrays, made when first asked for. */
  private static final class Parameters extends ParameterStore {
    private final @Nullable Weights weights;
    private final NDManager manager;
    private final Map<Parameter, NDArray> arrays = new HashMap<>();

    Parameters(NDManager manager, @Nullable Weights weights) {
      super(manager, false);
      this.manager = manager;
      this.weights = weights;
    }

    @Override
    @SuppressWarnings("NullAway") // DJL asks for optional parameters, which may be null
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
      return parameter == null ? null : arrays.computeIfAbsent(parameter, this::make);
    }

    private NDArray make(Parameter parameter) {
      return weights == null
          ? manager.zeros(parameter.getShape())
          : manager.create(
              weights.get(parameter).asFloatBuffer(), parameter.getShape(), DataType.FLOAT32);
    }
  }

  private final List<Stage> stages;
  private final Set<String> inputs;
  private final Set<String> outputs;
  private final List<String> reasons;
  private final @Nullable Weights weights;
  private final NDManager base;
  private final Parameters parameters;
  private final Map<Object, AutoCloseable> kept = new HashMap<>();

  /**
   * @param reasons why each stage is not compiled
   * @param weights null while planning: zeros
   */
  EagerPart(
      List<Stage> stages,
      Set<String> inputs,
      Set<String> outputs,
      List<String> reasons,
      @Nullable Weights weights) {
    this.stages = stages;
    this.inputs = inputs;
    this.outputs = outputs;
    this.reasons = reasons;
    this.weights = weights == null ? null : weights.retain();
    base = Engines.pyTorch().newBaseManager(Device.cpu());
    Natives.created();
    parameters = new Parameters(base, weights);
  }

  @Override
  public Set<String> inputs() {
    return inputs;
  }

  @Override
  public Map<String, HostArray> run(Map<String, HostArray> given) {
    try (NDManager manager = base.newSubManager()) {
      Values values = run(manager, given);
      Map<String, HostArray> results = new LinkedHashMap<>();
      for (String name : outputs) {
        results.put(name, host(values.get(name)));
      }
      return results;
    }
  }

  /** Runs every stage; the arrays live as long as the manager. */
  Values run(NDManager manager, Map<String, HostArray> given) {
    Values values = new Values();
    for (Map.Entry<String, HostArray> input : given.entrySet()) {
      HostArray host = input.getValue();
      values.provide(
          input.getKey(),
          manager.create(
              host.data().duplicate().order(ByteOrder.nativeOrder()), host.shape(), host.type()));
    }
    Forward forward = new Forward(manager, parameters, this::keep);
    for (Stage stage : stages) {
      stage.step().run(forward, values);
    }
    return values;
  }

  private AutoCloseable keep(Object key, Supplier<? extends AutoCloseable> make) {
    return kept.computeIfAbsent(
        key,
        k -> {
          AutoCloseable made = make.get();
          Natives.created();
          return made;
        });
  }

  static HostArray host(NDArray array) {
    ByteBuffer data = array.toByteBuffer();
    ByteBuffer direct = ByteBuffer.allocateDirect(data.remaining()).order(ByteOrder.nativeOrder());
    direct.duplicate().put(data);
    return new HostArray(array.getDataType(), array.getShape(), direct);
  }

  @Override
  public List<String> describe() {
    StringBuilder names = new StringBuilder();
    stages.forEach(s -> names.append(names.length() == 0 ? "" : " > ").append(s.name()));
    List<String> lines =
        new java.util.ArrayList<>(List.of("eager     " + names + "   PyTorch, op by op"));
    reasons.forEach(reason -> lines.add("          because " + reason));
    lines.add(
        "          reads " + String.join(", ", inputs) + "; gives " + String.join(", ", outputs));
    return lines;
  }

  @Override
  public void close() {
    try {
      for (AutoCloseable each : kept.values()) {
        each.close();
        Natives.closed();
      }
    } catch (Exception e) {
      throw new IllegalStateException("what a component opened does not close", e);
    } finally {
      kept.clear();
      base.close();
      Natives.closed();
      if (weights != null) {
        weights.release();
      }
    }
  }
}
