package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.trace.NotTraceableException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The reason why a component is not compiled, as a stranger's component gives it. */
class NotTraceableTest {

  @Test
  void theReasonNamesTheOperationAndTheLineThatAsked() {
    Map<String, UnaryOperator<NDArray>> all = new LinkedHashMap<>();
    all.put("toFloatArray", x -> x.toFloatArray()[0] > 0 ? x : x.neg());
    all.put("argMax", NDArray::argMax);
    all.put("argSort", NDArray::argSort);
    all.put("nonzero", NDArray::nonzero);
    all.put("cumSum", NDArray::cumSum);
    all.put("randomUniform", x -> x.getManager().randomUniform(0f, 1f, x.getShape()));
    all.forEach(
        (name, op) -> {
          UnsupportedOperationException failure =
              catchThrowableOfType(
                  UnsupportedOperationException.class,
                  () ->
                      new TwoForms()
                          .floats("x", new Shape(2), 1, 2)
                          .trace((f, v) -> v.put("o", op.apply(v.get("x")))));
          assertThat(failure).as(name).isNotNull();
          assertThat(NotTraceableException.explain(failure))
              .matches(name + " at NotTraceableTest\\.java:\\d+");
        });
  }
}
