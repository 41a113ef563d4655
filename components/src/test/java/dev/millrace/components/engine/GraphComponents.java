package dev.millrace.components.engine;

import static dev.millrace.components.testing.TreeBinder.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.Sha256;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.testing.OnnxModels;
import dev.millrace.components.testing.TreeBinder;
import dev.millrace.components.testing.TwoLevels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tests of components that are files share: the files, a small detector, and that nothing
 * native is left.
 */
abstract class GraphComponents {

  static final EngineConfig CPU = new EngineConfig("compiled", "cpu", "fp32", 1);
  static final EngineConfig EAGER = new EngineConfig("eager", "cpu", "fp32", 1);

  @TempDir Path folder;
  boolean trusted;
  private long open;

  /** Files of the folder, by name. */
  final WeightsFinder finder =
      new WeightsFinder() {
        @Override
        public Optional<WeightsStore.Found> find(WeightsConfig config) {
          return Optional.empty();
        }

        @Override
        public Optional<WeightsStore.Found> find(WeightsConfig config, String path) {
          return Optional.of(
              new WeightsStore.Found(
                  folder.resolve(String.valueOf(config.file())), String.valueOf(config.sha256())));
        }

        @Override
        public boolean trustsCode() {
          return trusted;
        }
      };

  final Registries registries = StandardComponents.registries();
  final DetectorFactory factory = new DetectorFactory(registries, new TreeBinder(), finder);

  @BeforeEach
  void count() {
    open = Natives.createdCount() - Natives.closedCount();
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  Map<String, Object> file(String component, byte[] bytes, Object... more) throws IOException {
    Files.write(folder.resolve("graph.onnx"), bytes);
    Map<String, Object> node = node(component, more);
    node.put("file", "graph.onnx");
    node.put("sha256", Sha256.of(bytes));
    return node;
  }

  static Map<String, Object> output(int stride, int channels) {
    return Map.of("stride", stride, "channels", channels);
  }

  static ModelConfig rcnn(Map<String, Object> backbone, double scoreThreshold) {
    Map<String, Object> architecture = TwoLevels.architecture(backbone, scoreThreshold);
    architecture.put("pixelStd", List.of(50, 50, 50));
    return model(architecture, node("ResizeShortestEdge", "minSize", 64), List.of("**"));
  }

  static ModelConfig model(
      Map<String, Object> architecture, Map<String, Object> preprocessor, List<String> initialize) {
    return new ModelConfig(
        TreeBinder.config("model.preprocessor", preprocessor),
        TreeBinder.config("model.architecture", architecture),
        TreeBinder.config("model.postprocessor", node("DetectionPostprocessor")),
        List.of(
            new ModelConfig.ObjectClass("cat", 1),
            new ModelConfig.ObjectClass("dog", 2),
            new ModelConfig.ObjectClass("cow", 3)),
        new WeightsConfig(null, null, null, initialize, null, 42L, null));
  }

  static Frame frame(int seed, int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(seed).nextBytes(pixels);
    return new Frame(width, height, pixels);
  }

  static SharedParts parts(Detector detector) {
    return ((LoadedModel) detector).parts();
  }

  static Backbone backbone(Detector detector) {
    return ((LoadedModel) detector)
        .components().entrySet().stream()
            .filter(e -> e.getKey().path().equals("model.architecture.backbone"))
            .map(e -> (Backbone) e.getValue())
            .findFirst()
            .orElseThrow();
  }

  static void same(List<Detections> found, List<Detections> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int n = 0; n < found.size(); n++) {
      List<Detection> a = found.get(n).objects();
      List<Detection> b = expected.get(n).objects();
      assertThat(b).isNotEmpty();
      assertThat(a).hasSameSizeAs(b);
      for (int i = 0; i < a.size(); i++) {
        assertThat(a.get(i).classId()).isEqualTo(b.get(i).classId());
        assertThat(a.get(i).score()).isCloseTo(b.get(i).score(), Offset.offset(1e-5f));
        assertThat(a.get(i).x1()).isCloseTo(b.get(i).x1(), Offset.offset(1e-2f));
        assertThat(a.get(i).y2()).isCloseTo(b.get(i).y2(), Offset.offset(1e-2f));
      }
    }
  }

  static float[] weights(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return values;
  }

  /** Two convolutions without overlap, of strides 4 and 8. */
  static OnnxModels two(int seed, long images) {
    return new OnnxModels(11)
        .input("image", images, 3, 0, 0)
        .output("p2", images, 8, 0, 0)
        .output("p3", images, 8, 0, 0)
        .floats("w2", new long[] {8, 3, 4, 4}, weights(seed, 384))
        .floats("w3", new long[] {8, 8, 2, 2}, weights(seed + 1, 256))
        .node("Conv", "image w2", "p2", "strides", new long[] {4, 4})
        .node("Conv", "p2 w3", "p3", "strides", new long[] {2, 2});
  }

  Map<String, Object> convolution(int seed) throws IOException {
    return file(
        "OnnxBackbone",
        two(seed, 0).bytes(),
        "outputs",
        Map.of("p2", output(4, 8), "p3", output(8, 8)));
  }

  AbstractThrowableAssert<?, ? extends Throwable> refused(Map<String, Object> backbone) {
    return assertThatThrownBy(() -> factory.build(rcnn(backbone, 0), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class);
  }
}
