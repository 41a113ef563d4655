package dev.millrace.components.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.trace.Trace;
import java.util.List;
import java.util.Map;

/** Runs stages over arrays without data. */
final class Tracing {

  private Tracing() {}

  /** In a traced pass a parameter is a named value. */
  private static final class Parameters extends ParameterStore {
    private final Trace trace;

    Parameters(Trace trace, NDManager manager) {
      super(manager, false);
      this.trace = trace;
    }

    @Override
    @SuppressWarnings("NullAway") // DJL asks for optional parameters, which may be null
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
      return parameter == null ? null : trace.parameter(parameter);
    }
  }

  /**
   * @param inputs in the order that numbers them
   * @param values is given the inputs, and what the stages write
   * @return the trace, without outputs marked
   * @throws UnsupportedOperationException if a stage wants data
   */
  static Trace trace(List<Stage> stages, Map<String, Part.Spec> inputs, Values values) {
    Trace trace = new Trace();
    NDManager manager = trace.manager();
    inputs.forEach(
        (name, spec) -> values.provide(name, trace.input(name, spec.type(), spec.shape())));
    Forward forward = new Forward(manager, new Parameters(trace, manager));
    for (Stage stage : stages) {
      trace.stage(stage.name());
      stage.step().run(forward, values);
    }
    return trace;
  }
}
