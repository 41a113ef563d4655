package dev.millrace.components.engine;

import static dev.millrace.components.testing.TreeBinder.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.testing.OnnxModels;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Detectors that are ONNX files. */
class OnnxDetectorTest extends GraphComponents {

  @Test
  void aDetectorThatGivesBoxesAlready() throws IOException {
    // Three rows whose boxes and scores hang on the image's mean: rows below the threshold, too.
    byte[] bytes =
        new OnnxModels(13)
            .input("image", 0, 3, 32, 48)
            .output("found", 0, 3, 4)
            .output("scores", 0, 3)
            .output("classes", 0, 3)
            .floats("base", new long[] {1, 3, 4}, 1, 2, 11, 22, 0, 0, 48, 32, 20, 10, 30, 31)
            .floats("trust", new long[] {1, 3}, 0.5f, 0.02f, 0.9f)
            .floats("kinds", new long[] {1, 3}, 2, 0, 1)
            .floats("none", new long[] {1}, 0)
            .node("ReduceMean", "image", "mean", "axes", new long[] {1, 2, 3}, "keepdims", 1)
            .node("Mul", "mean none", "zero4")
            .longs("axis", 3)
            .node("Squeeze", "zero4 axis", "zero3")
            .longs("two", 2)
            .node("Squeeze", "zero3 two", "zero2")
            .node("Add", "base zero3", "found")
            .node("Add", "trust zero2", "scores")
            .node("Add", "kinds zero2", "classes")
            .bytes();
    Map<String, Object> detector =
        file("OnnxDetector", bytes, "decoder", node("Boxes", "boxes", "found"));
    ModelConfig model = model(detector, node("LetterboxResize", "height", 32, "width", 48), null);
    try (Detector built = factory.build(model, CPU, 1, List.of()).get(0)) {
      List<Detections> found = built.detect(List.of(frame(1, 96, 64), frame(2, 96, 64)));
      for (Detections each : found) {
        assertThat(each.objects())
            .containsExactly(
                new Detection(40, 20, 60, 62, 1, "dog", 0.9f),
                new Detection(2, 4, 22, 44, 2, "cow", 0.5f));
      }
      assertThat(built.plan()).contains("prepare > graph > decoder");
      assertThat(built.weightsHash()).isEqualTo(detector.get("sha256"));
    }
    ModelConfig tooLarge = model(detector, node("ResizeShortestEdge", "minSize", 64), null);
    assertThatThrownBy(() -> factory.build(tooLarge, CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.preprocessor")
        .hasMessageContaining("{name: LetterboxResize, height: 32, width: 48}");
  }

  @Test
  void paddingIsFilledAndChannelsAreTurnedBeforeTheGraphSeesThem() throws IOException {
    // What the graph sees at chosen places is what it gives as scores.
    byte[] bytes =
        new OnnxModels(13)
            .input("image", 0, 3, 4, 4)
            .output("boxes", 0, 48, 4)
            .output("scores", 0, 48)
            .output("classes", 0, 48)
            .longs("rows", 0, 48)
            .floats("unit", new long[] {1, 1, 4}, 0, 0, 1, 1)
            .floats("none", new long[] {1}, 0)
            .node("Reshape", "image rows", "scores")
            .node("Mul", "scores none", "classes")
            .longs("two", 2)
            .node("Unsqueeze", "classes two", "column")
            .node("Add", "column unit", "boxes")
            .bytes();
    Map<String, Object> detector =
        file(
            "OnnxDetector",
            bytes,
            "decoder",
            node("Boxes"),
            "padValue",
            114,
            "channelOrder",
            "rgb",
            "pixelMean",
            List.of(100, 10, 1),
            "pixelStd",
            List.of(1000, 1000, 1000),
            "scoreThresh",
            0);
    ModelConfig model = model(detector, node("LetterboxResize", "height", 4, "width", 4), null);
    try (Detector built = factory.build(model, CPU, 1, List.of()).get(0)) {
      byte[] bgr = new byte[3 * 4 * 2];
      for (int i = 0; i < bgr.length; i += 3) {
        bgr[i] = 30;
        bgr[i + 1] = 20;
        bgr[i + 2] = (byte) 200;
      }
      List<Detection> found = built.detect(List.of(new Frame(4, 2, bgr))).get(0).objects();
      Map<Float, Long> counts = new java.util.TreeMap<>();
      found.forEach(d -> counts.merge(d.score(), 1L, Long::sum));
      // 8 cells of the picture and 8 of padding in each channel: red less 100, and so on.
      assertThat(counts)
          .isEqualTo(Map.of(0.1f, 8L, 0.01f, 8L, 0.029f, 8L, 0.014f, 8L, 0.104f, 8L, 0.113f, 8L));
    }
  }
}
