package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Checkpoint;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.roi.BoxPredictor;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.testing.Npy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every stage of D2Go's Faster R-CNN against the values that PyTorch computed, eager and compiled.
 */
class ReferenceStagesTest {

  private static final Target CPU = new Target(false, -1, false, 2);

  @ParameterizedTest
  @CsvSource({
    "000000000036, compiled",
    "000000000315, compiled",
    "000000000036, eager",
    "000000000315, eager"
  })
  void everyStageAgrees(String image, String mode) throws IOException {
    D2Go d2go = new D2Go(100);
    Npy input = reference(image, "input_bgr");
    int height = (int) input.shape()[2];
    int width = (int) input.shape()[3];
    List<Stage> stages = stages(d2go);
    Map<String, HostArray> given = new LinkedHashMap<>();
    given.put(
        MetaArchitecture.PIXELS, HostArray.floats(input.floats(), new Shape(1, 3, height, width)));
    given.put(
        MetaArchitecture.SIZES, HostArray.floats(new float[] {height, width}, new Shape(1, 2)));
    Set<String> outputs =
        Set.of(
            "features.trunk3",
            "objectness",
            "anchor_deltas",
            "proposals.boxes",
            "proposals.logits",
            "roi_features",
            "class_logits",
            "box_deltas",
            "instances.boxes",
            "instances.scores",
            "instances.classes",
            "instances.counts");
    Weights weights = weights(d2go, stages, height, width);
    long open = Natives.createdCount() - Natives.closedCount();
    Part part =
        mode.equals("compiled")
            ? new Segment(stages, given.keySet(), outputs, weights, CPU)
            : new EagerPart(stages, given.keySet(), outputs, List.of("asked for"), weights);
    Map<String, HostArray> out = part.run(given);
    Map<String, String> names =
        Map.of(
            "features", "features.trunk3",
            "objectness", "objectness",
            "anchor_deltas", "anchor_deltas",
            "proposals", "proposals.boxes",
            "proposal_logits", "proposals.logits",
            "roi_features", "roi_features",
            "class_logits", "class_logits",
            "box_deltas", "box_deltas");
    List<String> report = new ArrayList<>();
    names.forEach(
        (theirs, ours) -> {
          double error = relativeError(out.get(ours).floats(), reference(image, theirs).floats());
          report.add(String.format("%s %s %-16s %.2e", image, mode, theirs, error));
          assertThat(error).as(theirs).isLessThanOrEqualTo(1e-4);
        });
    report.stream().sorted().forEach(System.out::println);
    sameDetections(image, out);
    part.close();
    weights.release();
    assertThat(Natives.createdCount() - Natives.closedCount())
        .as("natives left open")
        .isEqualTo(open);
  }

  private static void sameDetections(String image, Map<String, HostArray> out) {
    float[] scores = reference(image, "scores").floats();
    float[] classes = reference(image, "classes").floats();
    float[] boxes = reference(image, "boxes").floats();
    double scale = scaleOf(image);
    assertThat((int) out.get("instances.counts").floats()[0]).isEqualTo(scores.length);
    for (int i = 0; i < scores.length; i++) {
      assertThat(out.get("instances.scores").floats()[i])
          .isCloseTo(scores[i], org.assertj.core.data.Offset.offset(1e-3f));
      assertThat(out.get("instances.classes").longs()[i]).isEqualTo((long) classes[i]);
      float[] ours = out.get("instances.boxes").floats();
      float[] mine = new float[4];
      float[] theirs = new float[4];
      for (int k = 0; k < 4; k++) {
        mine[k] = (float) (ours[4 * i + k] / scale);
        theirs[k] = boxes[4 * i + k];
      }
      assertThat(iou(mine, theirs)).isGreaterThan(0.99);
    }
  }

  /** How many network pixels a source pixel became. */
  private static double scaleOf(String image) {
    try {
      String manifest =
          Files.readString(Assets.path("reference/faster_rcnn_fbnetv3a_C4/manifest.json"));
      Matcher entry =
          Pattern.compile("\"" + image + "\": \\{[^}]*\"scale\": ([0-9.]+)").matcher(manifest);
      assertThat(entry.find()).isTrue();
      return Double.parseDouble(entry.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double iou(float[] a, float[] b) {
    double w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    double h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    double both = Math.max(0, w) * Math.max(0, h);
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
  }

  /** The model's own components, with the values between them written out. */
  private static List<Stage> stages(D2Go d2go) {
    List<Stage> own = new ArrayList<>(d2go.model.stages().subList(0, 3));
    own.add(
        new Stage(
            "rpn_head",
            "test",
            (f, v) -> {
              var prediction = d2go.rpnHead.forward(f, v.get("features.trunk3"));
              v.put("objectness", prediction.objectnessLogits());
              v.put("anchor_deltas", prediction.anchorDeltas());
            }));
    own.add(
        new Stage(
            "roi",
            "test",
            (f, v) -> {
              Proposals proposals =
                  new Proposals(v.get("proposals.boxes"), v.get("proposals.logits"));
              var pooled =
                  d2go.pooler.forward(List.of(v.get("features.trunk3")), proposals.boxes());
              v.put("roi_features", pooled);
              BoxPredictor.Predictions p =
                  d2go.boxPredictor.forward(f, d2go.boxHead.forward(f, pooled));
              v.put("class_logits", p.scores());
              v.put("box_deltas", p.deltas());
            }));
    own.add(d2go.model.stages().get(3));
    return own;
  }

  private static Weights weights(D2Go d2go, List<Stage> stages, int height, int width) {
    Map<String, Part.Spec> inputs = new LinkedHashMap<>();
    inputs.put(
        MetaArchitecture.PIXELS, new Part.Spec(DataType.FLOAT32, new Shape(1, 3, height, width)));
    inputs.put(MetaArchitecture.SIZES, new Part.Spec(DataType.FLOAT32, new Shape(1, 2)));
    Tracing.trace(stages, inputs, new dev.millrace.components.modeling.Values());
    Checkpoint checkpoint = Checkpoints.read(Assets.path("models/faster_rcnn_fbnetv3a_C4_int8.pt"));
    Map<String, Parameter> parameters = d2go.model.parameters();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEach((name, p) -> shapes.put(name, p.getShape().getShape()));
    var report =
        CheckpointLoader.match(
            shapes,
            checkpoint,
            List.of(),
            List.of(
                "pixel_mean", "pixel_std", "coco_idx", "proposal_generator.anchor_generator.**"),
            Set.of());
    report.orThrow("model.weights");
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    report.matched().forEach((name, tensor) -> values.put(parameters.get(name), tensor));
    return new Weights(values);
  }

  private static Npy reference(String image, String name) {
    try {
      return Npy.read(
          Assets.path("reference/faster_rcnn_fbnetv3a_C4/" + image + "_" + name + ".npy"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double relativeError(float[] ours, float[] theirs) {
    assertThat(ours).hasSameSizeAs(theirs);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < ours.length; i++) {
      difference += Math.pow(ours[i] - theirs[i], 2);
      norm += Math.pow(theirs[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
