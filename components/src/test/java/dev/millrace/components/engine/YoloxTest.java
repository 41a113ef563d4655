package dev.millrace.components.engine;

import static dev.millrace.components.testing.TreeBinder.node;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.image.HalfPixelBilinear;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.TreeBinder;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** YOLOX-nano, a detector in one file, against its own rules in plain Java. */
class YoloxTest {

  private static final String SHA256 =
      "d39bee73564e338080378b0ad567fbb40e818b55bbfaf971de82a0267ed16b8a";
  private static final EngineConfig CPU = new EngineConfig("compiled", "cpu", "fp32", 1);
  private static final int SIZE = 416;
  private static final int CLASSES = 80;

  private record Found(float x1, float y1, float x2, float y2, int kind, float score) {}

  private static Detector detector(Path file, boolean oneByOne, double scoreThresh) {
    WeightsFinder finder =
        new WeightsFinder() {
          @Override
          public Optional<WeightsStore.Found> find(WeightsConfig config) {
            return Optional.empty();
          }

          @Override
          public Optional<WeightsStore.Found> find(WeightsConfig config, String path) {
            return Optional.of(new WeightsStore.Found(file, SHA256));
          }
        };
    ModelConfig model =
        new ModelConfig(
            TreeBinder.config("model.preprocessor", node("LetterboxResize")),
            TreeBinder.config(
                "model.architecture",
                node(
                    "OnnxDetector",
                    "file",
                    "yolox_nano.onnx",
                    "sha256",
                    SHA256,
                    "decoder",
                    node("Yolox"),
                    "scoreThresh",
                    scoreThresh,
                    "nmsThresh",
                    0.65,
                    "oneByOne",
                    oneByOne)),
            TreeBinder.config("model.postprocessor", node("DetectionPostprocessor")),
            IntStream.range(0, CLASSES)
                .mapToObj(i -> new ModelConfig.ObjectClass("class " + i, i))
                .toList(),
            new WeightsConfig(null, null, null, null, null, null, null));
    return new DetectorFactory(StandardComponents.registries(), new TreeBinder(), finder)
        .build(model, CPU, 1, List.of())
        .get(0);
  }

  private static Frame frame(String name) throws IOException {
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      return decoder.decode(
          Files.readAllBytes(Assets.path("datasets/coco128/images/" + name + ".jpg")));
    }
  }

  /** As YOLOX's demo does it: letterbox, run the file, decode, suppress by class. */
  private static List<Found> plainly(Path file, Frame frame, float threshold) throws Exception {
    double ratio = Math.min((double) SIZE / frame.height(), (double) SIZE / frame.width());
    int height = (int) (frame.height() * ratio);
    int width = (int) (frame.width() * ratio);
    byte[] resized = new HalfPixelBilinear().resize(frame, width, height);
    float[] image = new float[3 * SIZE * SIZE];
    java.util.Arrays.fill(image, 114);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          image[(c * SIZE + y) * SIZE + x] = resized[(c * height + y) * width + x] & 0xff;
        }
      }
    }
    Engines.onnxRuntime();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    float[] raw = new float[3549 * (5 + CLASSES)];
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor x =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(image), new long[] {1, 3, SIZE, SIZE});
        OrtSession.Result result = session.run(Map.of("images", x))) {
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(raw);
    }
    List<Found> all = decoded(raw, (float) frame.width() / width, (float) frame.height() / height);
    all.removeIf(found -> found.score() <= threshold);
    all.sort(Comparator.comparingDouble(found -> -found.score()));
    List<Found> kept = new ArrayList<>();
    for (Found each : all) {
      if (kept.stream().noneMatch(k -> k.kind() == each.kind() && overlap(k, each) > 0.65)) {
        kept.add(each);
      }
    }
    return kept.subList(0, Math.min(100, kept.size()));
  }

  private static List<Found> decoded(float[] raw, float scaleX, float scaleY) {
    List<Found> all = new ArrayList<>();
    int row = 0;
    for (int stride : new int[] {8, 16, 32}) {
      for (int y = 0; y < SIZE / stride; y++) {
        for (int x = 0; x < SIZE / stride; x++) {
          int at = row++ * (5 + CLASSES);
          int best = 0;
          for (int k = 1; k < CLASSES; k++) {
            best = raw[at + 5 + k] > raw[at + 5 + best] ? k : best;
          }
          float centreX = (raw[at] + x) * stride;
          float centreY = (raw[at + 1] + y) * stride;
          float halfWidth = (float) Math.exp(raw[at + 2]) * stride / 2;
          float halfHeight = (float) Math.exp(raw[at + 3]) * stride / 2;
          all.add(
              new Found(
                  (centreX - halfWidth) * scaleX,
                  (centreY - halfHeight) * scaleY,
                  (centreX + halfWidth) * scaleX,
                  (centreY + halfHeight) * scaleY,
                  best,
                  raw[at + 4] * raw[at + 5 + best]));
        }
      }
    }
    return all;
  }

  private static double overlap(Found a, Found b) {
    double w = Math.min(a.x2(), b.x2()) - Math.max(a.x1(), b.x1());
    double h = Math.min(a.y2(), b.y2()) - Math.max(a.y1(), b.y1());
    double both = Math.max(0, w) * Math.max(0, h);
    double first = (double) (a.x2() - a.x1()) * (a.y2() - a.y1());
    double second = (double) (b.x2() - b.x1()) * (b.y2() - b.y1());
    return both / (first + second - both);
  }

  @Test
  void theSegmentGivesWhatYoloxsOwnRulesGive() throws Exception {
    Path file = Assets.path("models/yolox_nano.onnx");
    try (Detector detector = detector(file, false, 0.1)) {
      assertThat(detector.plan()).contains("prepare > graph > decoder");
      assertThat(detector.weightsHash()).isEqualTo(SHA256);
      for (String name : List.of("000000000036", "000000000315")) {
        Frame frame = frame(name);
        List<Found> expected = plainly(file, frame, 0.1f);
        List<Detection> found = detector.detect(List.of(frame)).get(0).objects();
        assertThat(expected).as(name).isNotEmpty();
        assertThat(found).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
          Found e = expected.get(i);
          Detection d = found.get(i);
          assertThat(d.classId()).isEqualTo(e.kind());
          assertThat(d.score()).isCloseTo(e.score(), Offset.offset(1e-4f));
          float within = 0.05f;
          assertThat(d.x1()).isCloseTo(Math.max(0, e.x1()), Offset.offset(within));
          assertThat(d.y1()).isCloseTo(Math.max(0, e.y1()), Offset.offset(within));
          assertThat(d.x2()).isCloseTo(Math.min(frame.width(), e.x2()), Offset.offset(within));
          assertThat(d.y2()).isCloseTo(Math.min(frame.height(), e.y2()), Offset.offset(within));
        }
      }
    }
  }

  @Test
  void aBatchIsWhatItsImagesAreAloneThoughTheFileSaysOneImage() throws Exception {
    Path file = Assets.path("models/yolox_nano.onnx");
    List<Frame> frames = List.of(frame("000000000036"), frame("000000000315"));
    try (Detector together = detector(file, false, 0.1);
        Detector oneByOne = detector(file, true, 0.1)) {
      for (int i = 0; i < 2; i++) {
        List<Detection> alone = together.detect(List.of(frames.get(i))).get(0).objects();
        for (Detector each : List.of(together, oneByOne)) {
          List<Detection> batched = each.detect(frames).get(i).objects();
          assertThat(batched).hasSameSizeAs(alone).isNotEmpty();
          for (int d = 0; d < alone.size(); d++) {
            assertThat(batched.get(d).classId()).isEqualTo(alone.get(d).classId());
            assertThat(batched.get(d).score())
                .isCloseTo(alone.get(d).score(), Offset.offset(1e-4f));
            assertThat(batched.get(d).x1()).isCloseTo(alone.get(d).x1(), Offset.offset(0.05f));
          }
        }
      }
    }
  }
}
