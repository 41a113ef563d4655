package dev.millrace.components.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.RoiHeads;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What all ROI heads must do. */
public abstract class RoiHeadsContract extends StageContract {
  private static final int PROPOSALS = 12;

  /** The last rows are no proposals. */
  private static final int REAL = 9;

  /** New ones. */
  protected abstract RoiHeads heads();

  /** The feature maps that they read: channels and stride by name. */
  protected abstract Map<String, ShapeSpec> features();

  /** How many classes they know, the background not counted. */
  protected abstract int classes();

  private Map<String, Result> instances(int first, int images) {
    TwoForms inputs = new TwoForms();
    features()
        .forEach(
            (name, spec) ->
                inputs.floats(
                    name,
                    ProposalGeneratorContract.shape(spec, images),
                    ProposalGeneratorContract.features(spec, name, first, images)));
    float[] sizes = ProposalGeneratorContract.sizes(first, images);
    inputs.floats("sizes", new Shape(images, 2), sizes);
    inputs.floats("boxes", new Shape(images, PROPOSALS, 4), boxes(first, images, sizes));
    inputs.floats("logits", new Shape(images, PROPOSALS), logits(images));
    RoiHeads heads = heads();
    return run(
        heads,
        inputs,
        (f, v) -> {
          Map<String, NDArray> maps = new LinkedHashMap<>();
          features().keySet().forEach(name -> maps.put(name, v.get(name)));
          Instances found =
              heads.forward(
                  f,
                  new FeatureMaps(maps),
                  new Proposals(v.get("boxes"), v.get("logits")),
                  v.get("sizes"));
          v.put(Instances.BOXES, found.boxes());
          v.put(Instances.SCORES, found.scores());
          v.put(Instances.CLASSES, found.classes());
          v.put(Instances.COUNTS, found.counts());
          found.fields().forEach((name, field) -> v.put(Instances.FIELDS + name, field));
        },
        Set.of(Instances.BOXES, Instances.SCORES, Instances.CLASSES, Instances.COUNTS));
  }

  private static float[] boxes(int first, int images, float[] sizes) {
    float[] boxes = new float[4 * PROPOSALS * images];
    for (int n = 0; n < images; n++) {
      Random random = new Random(first + n);
      for (int r = 0; r < REAL; r++) {
        int at = 4 * (n * PROPOSALS + r);
        boxes[at] = random.nextFloat() * (sizes[2 * n + 1] - 16);
        boxes[at + 1] = random.nextFloat() * (sizes[2 * n] - 16);
        boxes[at + 2] = Math.min(sizes[2 * n + 1], boxes[at] + 8 + 60 * random.nextFloat());
        boxes[at + 3] = Math.min(sizes[2 * n], boxes[at + 1] + 8 + 60 * random.nextFloat());
      }
    }
    return boxes;
  }

  private static float[] logits(int images) {
    float[] logits = new float[PROPOSALS * images];
    for (int i = 0; i < logits.length; i++) {
      int row = i % PROPOSALS;
      logits[i] = row < REAL ? REAL - row : Float.NEGATIVE_INFINITY;
    }
    return logits;
  }

  @Test
  void detectionsAreInsideTheirImageOfKnownClassesAndTheBestComeFirst() {
    Map<String, Result> found = instances(0, 3);
    int rows = Math.toIntExact(found.get(Instances.SCORES).shape().get(1));
    assertThat(found.get(Instances.SCORES).shape()).isEqualTo(new Shape(3, rows));
    assertThat(found.get(Instances.BOXES).shape()).isEqualTo(new Shape(3, rows, 4));
    assertThat(found.get(Instances.CLASSES).shape()).isEqualTo(new Shape(3, rows));
    assertThat(found.get(Instances.COUNTS).shape()).isEqualTo(new Shape(3));
    float[] sizes = ProposalGeneratorContract.sizes(0, 3);
    for (int n = 0; n < 3; n++) {
      double[] score = image(found.get(Instances.SCORES), n).numbers();
      double[] box = image(found.get(Instances.BOXES), n).numbers();
      double[] classes = image(found.get(Instances.CLASSES), n).numbers();
      int count = (int) found.get(Instances.COUNTS).numbers()[n];
      assertThat(count).isBetween(1, rows);
      for (int d = 0; d < count; d++) {
        assertThat(score[d]).isBetween(0.0, d == 0 ? 1.0 : score[d - 1]);
        assertThat(classes[d]).isBetween(0.0, classes() - 1.0);
        assertThat(box[4 * d]).isBetween(0.0, box[4 * d + 2]);
        assertThat(box[4 * d + 1]).isBetween(0.0, box[4 * d + 3]);
        assertThat(box[4 * d + 2]).isLessThanOrEqualTo(sizes[2 * n + 1]);
        assertThat(box[4 * d + 3]).isLessThanOrEqualTo(sizes[2 * n]);
      }
    }
  }

  @Test
  void fieldsHaveARowForEachDetection() {
    Map<String, Result> found = instances(0, 2);
    Shape rows = found.get(Instances.SCORES).shape();
    found.forEach(
        (name, values) -> {
          if (name.startsWith(Instances.FIELDS)) {
            assertThat(values.shape().slice(0, 2)).as(name).isEqualTo(rows);
          }
        });
  }

  @Test
  void theSameProposalsGiveTheSameDetections() {
    Map<String, Result> once = instances(0, 2);
    Map<String, Result> again = instances(0, 2);
    once.forEach((name, values) -> same(name, again.get(name), values, 0));
  }

  /** Of rows that are detections: what is in the others is of no meaning. */
  @Test
  void aBatchIsAsItsImagesOneByOne() {
    Map<String, Result> batch = instances(0, 3);
    for (int n = 0; n < 3; n++) {
      Map<String, Result> alone = instances(n, 1);
      int count = (int) alone.get(Instances.COUNTS).numbers()[0];
      assertThat((int) batch.get(Instances.COUNTS).numbers()[n]).isEqualTo(count);
      for (String name : alone.keySet()) {
        Result one = image(batch.get(name), n);
        int each =
            name.equals(Instances.COUNTS)
                ? 1
                : Math.toIntExact(one.shape().size() / one.shape().get(1)) * count;
        assertThat(
                relativeError(
                    Arrays.copyOf(one.numbers(), each),
                    Arrays.copyOf(alone.get(name).numbers(), each)))
            .as(name)
            .isLessThanOrEqualTo(tolerance());
      }
    }
  }
}
