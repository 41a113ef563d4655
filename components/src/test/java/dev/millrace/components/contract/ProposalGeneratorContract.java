package dev.millrace.components.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.ProposalGenerator;
import dev.millrace.components.modeling.Proposals;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every proposal generator must do. */
public abstract class ProposalGeneratorContract extends StageContract {
  private static final int HEIGHT = 96;
  private static final int WIDTH = 128;

  /** A new one. */
  protected abstract ProposalGenerator generator();

  /** The feature maps that it reads: channels and stride by name. */
  protected abstract Map<String, ShapeSpec> features();

  private Map<String, Result> proposals(int first, int images) {
    TwoForms inputs = new TwoForms();
    features()
        .forEach(
            (name, spec) ->
                inputs.floats(name, shape(spec, images), features(spec, name, first, images)));
    inputs.floats("sizes", new Shape(images, 2), sizes(first, images));
    ProposalGenerator generator = generator();
    return run(
        generator,
        inputs,
        (f, v) -> {
          Map<String, NDArray> maps = new LinkedHashMap<>();
          features().keySet().forEach(name -> maps.put(name, v.get(name)));
          Proposals found = generator.forward(f, new FeatureMaps(maps), v.get("sizes"));
          v.put("boxes", found.boxes());
          v.put("logits", found.logits());
        },
        Set.of("boxes", "logits"));
  }

  static Shape shape(ShapeSpec spec, int images) {
    return new Shape(
        images, spec.channels(), cells(HEIGHT, spec.stride()), cells(WIDTH, spec.stride()));
  }

  private static int cells(int pixels, int stride) {
    return (pixels + stride - 1) / stride;
  }

  static float[] features(ShapeSpec spec, String name, int first, int images) {
    long each = shape(spec, 1).size();
    float[] values = new float[Math.toIntExact(images * each)];
    for (int n = 0; n < images; n++) {
      System.arraycopy(
          noise(name.hashCode() + first + n, each, -2, 2), 0, values, (int) (n * each), (int) each);
    }
    return values;
  }

  /** Each image has padding of its own. */
  static float[] sizes(int first, int images) {
    float[] sizes = new float[2 * images];
    for (int n = 0; n < images; n++) {
      sizes[2 * n] = HEIGHT - 7f * (first + n);
      sizes[2 * n + 1] = WIDTH - 5f * (first + n);
    }
    return sizes;
  }

  @Test
  void proposalsAreInsideTheirImageAndTheBestComeFirst() {
    Map<String, Result> found = proposals(0, 3);
    Shape logits = found.get("logits").shape();
    assertThat(logits.dimension()).isEqualTo(2);
    assertThat(logits.get(0)).isEqualTo(3);
    int rows = Math.toIntExact(logits.get(1));
    assertThat(found.get("boxes").shape()).isEqualTo(new Shape(3, rows, 4));
    float[] sizes = sizes(0, 3);
    for (int n = 0; n < 3; n++) {
      double[] score = image(found.get("logits"), n).numbers();
      double[] box = image(found.get("boxes"), n).numbers();
      assertThat(score[0]).as("at least one proposal").isGreaterThan(Double.NEGATIVE_INFINITY);
      for (int r = 0; r < rows; r++) {
        assertThat(score[r]).isNotNaN();
        assertThat(r == 0 || score[r] <= score[r - 1]).as("descending at " + r).isTrue();
        if (score[r] > Double.NEGATIVE_INFINITY) {
          assertThat(Arrays.copyOfRange(box, 4 * r, 4 * r + 4))
              .satisfies(b -> assertThat(b[0]).isBetween(0.0, b[2]))
              .satisfies(b -> assertThat(b[1]).isBetween(0.0, b[3]));
          assertThat(box[4 * r + 2]).isLessThanOrEqualTo(sizes[2 * n + 1]);
          assertThat(box[4 * r + 3]).isLessThanOrEqualTo(sizes[2 * n]);
        }
      }
    }
  }

  @Test
  void theSameFeaturesGiveTheSameProposals() {
    Map<String, Result> once = proposals(0, 2);
    Map<String, Result> again = proposals(0, 2);
    once.forEach((name, values) -> same(name, again.get(name), values, 0));
  }

  @Test
  void aBatchIsAsItsImagesOneByOne() {
    Map<String, Result> batch = proposals(0, 3);
    for (int n = 0; n < 3; n++) {
      int index = n;
      proposals(n, 1)
          .forEach(
              (name, values) -> same(name, image(batch.get(name), index), values, tolerance()));
    }
  }
}
