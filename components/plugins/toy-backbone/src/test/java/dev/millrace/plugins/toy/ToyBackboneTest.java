package dev.millrace.plugins.toy;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.Registries;
import dev.millrace.components.Registry;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.trace.Trace;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The example plugin: it is found, and gives what it says in both forms. */
class ToyBackboneTest {

  /** Where the plugin's factory stands: alone. */
  private record Alone(String path, Map<String, ShapeSpec> inputShape, List<String> classNames)
      implements Build {
    @Override
    public <T> T component(Class<T> kind, ComponentConfig<T> config, Map<String, ShapeSpec> shape) {
      throw new AssertionError("a backbone is made of no other components");
    }
  }

  /** Values by parameter. */
  private static final class Values extends ParameterStore {
    private final Function<Parameter, NDArray> values;

    Values(NDManager manager, Function<Parameter, NDArray> values) {
      super(manager, false);
      this.values = values;
    }

    @Override
    @SuppressWarnings("NullAway") // DJL asks for optional parameters, which may be null
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
      return parameter == null ? null : values.apply(parameter);
    }
  }

  @SuppressWarnings("unchecked") // the registry pairs them
  private static Backbone fromRegistry() {
    Registries registries =
        StandardComponents.registries().plugins(ToyBackboneTest.class.getClassLoader());
    Registry.Entry<ToyBackbone.Args, Backbone> entry =
        (Registry.Entry<ToyBackbone.Args, Backbone>)
            registries.of(Backbone.class).get("ToyBackbone", "backbone");
    assertThat(entry.arguments()).isEqualTo(ToyBackbone.Args.class);
    return entry
        .factory()
        .create(
            new ToyBackbone.Args(),
            new Alone("backbone", Map.of("image", new ShapeSpec(3, 1)), List.of()));
  }

  private static void fits(Backbone backbone, FeatureMaps maps, int images, int height, int width) {
    assertThat(maps.maps().keySet()).isEqualTo(backbone.outputShape().keySet());
    backbone
        .outputShape()
        .forEach(
            (name, spec) -> {
              assertThat(maps.get(name).getDataType()).isEqualTo(DataType.FLOAT32);
              assertThat(maps.get(name).getShape())
                  .isEqualTo(
                      new Shape(
                          images, spec.channels(), height / spec.stride(), width / spec.stride()));
            });
  }

  @Test
  void theServiceLoaderFindsItBesideWhatShips() {
    Registries registries =
        StandardComponents.registries().plugins(ToyBackboneTest.class.getClassLoader());
    assertThat(registries.of(Backbone.class).entries())
        .extracting(entry -> entry.name())
        .contains("ToyBackbone", "FbNetV3");
  }

  @Test
  void itsTracedFormHasTheDeclaredShape() {
    Backbone backbone = fromRegistry();
    Trace trace = new Trace();
    NDArray image = trace.input("image", DataType.FLOAT32, new Shape(2, 3, 64, 96));
    Forward forward = new Forward(trace.manager(), new Values(trace.manager(), trace::parameter));
    fits(backbone, backbone.forward(forward, image), 2, 64, 96);
    assertThat(trace.nodes()).extracting(Trace.Node::op).containsExactly("Conv");
    assertThat(backbone.parameters().keySet()).containsExactly("conv1.weight", "conv1.bias");
    assertThat(backbone.parameters().get("conv1.weight").getShape())
        .isEqualTo(new Shape(64, 3, 7, 7));
  }

  @Test
  void itsEagerFormHasTheDeclaredShapeAndConvolves() {
    Backbone backbone = fromRegistry();
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
      // Every weight 1: a cell is the number of image values that its window covers.
      Forward forward =
          new Forward(
              manager,
              new Values(
                  manager,
                  p ->
                      p.getName().equals("weight")
                          ? manager.ones(p.getShape())
                          : manager.zeros(p.getShape())));
      FeatureMaps maps = backbone.forward(forward, manager.ones(new Shape(1, 3, 64, 96)));
      fits(backbone, maps, 1, 64, 96);
      assertThat(maps.get("conv1").getFloat(0, 0, 0, 0)).isEqualTo(3 * 4 * 4);
      assertThat(maps.get("conv1").getFloat(0, 63, 1, 1)).isEqualTo(3 * 7 * 7);
    }
  }
}
