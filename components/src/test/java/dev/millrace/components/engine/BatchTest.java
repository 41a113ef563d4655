package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.testing.Npy;
import dev.millrace.components.testing.TwoLevels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in an image does not depend on its batch-mates, nor on sizes that went before. */
class BatchTest {

  private static List<Part> parts(MetaArchitecture model, boolean eager, Weights weights) {
    return Plan.of(model, eager, 64, 64, LoadedModel.RESULTS).parts(weights, Models.CPU);
  }

  private static Map<String, HostArray> run(List<Part> parts, Map<String, HostArray> given) {
    Map<String, HostArray> arrays = new LinkedHashMap<>(given);
    for (Part part : parts) {
      arrays.putAll(part.run(arrays));
    }
    return arrays;
  }

  /** One image's detections: (class, score, box). */
  private record Found(long classId, float score, float[] box) {}

  private static List<Found> found(Map<String, HostArray> arrays, int n) {
    int rows = Math.toIntExact(arrays.get(Instances.BOXES).shape().get(1));
    float[] boxes = Models.image(arrays.get(Instances.BOXES), n);
    float[] scores = Models.image(arrays.get(Instances.SCORES), n);
    List<Found> all = new ArrayList<>();
    for (int i = 0; i < (int) arrays.get(Instances.COUNTS).floats()[n]; i++) {
      all.add(
          new Found(
              arrays.get(Instances.CLASSES).longs()[n * rows + i],
              scores[i],
              java.util.Arrays.copyOfRange(boxes, 4 * i, 4 * i + 4)));
    }
    return all;
  }

  /** The same objects; equal scores may have changed places. */
  private static void same(String what, List<Found> found, List<Found> expected) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    List<Found> left = new ArrayList<>(found);
    for (Found e : expected) {
      Found match =
          left.stream()
              .filter(f -> f.classId() == e.classId() && Math.abs(f.score() - e.score()) < 1e-4)
              .filter(f -> near(f.box(), e.box()))
              .findFirst()
              .orElse(null);
      assertThat(match).as(what + ": " + e + " among " + found).isNotNull();
      left.remove(match);
    }
  }

  private static boolean near(float[] a, float[] b) {
    for (int k = 0; k < 4; k++) {
      if (Math.abs(a[k] - b[k]) > 0.02f) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void paddedImagesAreFoundAsIfAlone(boolean eager) {
    MetaArchitecture model = TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f);
    Models.plan(model, 64, 64);
    Weights weights = Models.random(model);
    List<Part> parts = parts(model, eager, weights);
    int[][] sizes = {{64, 80}, {40, 80}, {64, 33}, {50, 50}, {16, 17}};
    long[] seeds = {1, 2, 3, 4, 5};
    Map<String, HostArray> together = run(parts, Models.batch(64, 80, seeds, sizes));
    int all = 0;
    for (int n = 0; n < seeds.length; n++) {
      Map<String, HostArray> alone =
          run(parts, Models.batch(64, 80, new long[] {seeds[n]}, new int[][] {sizes[n]}));
      List<Found> mine = found(together, n);
      same("image " + n, mine, found(alone, 0));
      for (Found f : mine) {
        assertThat(f.box()[2]).isLessThanOrEqualTo(sizes[n][1]);
        assertThat(f.box()[3]).isLessThanOrEqualTo(sizes[n][0]);
      }
      all += mine.size();
    }
    assertThat(all).as("a test that finds nothing shows nothing").isGreaterThan(10);
    parts.forEach(Part::close);
    weights.release();
  }

  @Test
  void whatIsInThePaddingIsNotSeen() {
    MetaArchitecture model = TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f);
    Models.plan(model, 64, 64);
    Weights weights = Models.random(model);
    List<Part> parts = parts(model, false, weights);
    int[][] sizes = {{40, 50}};
    Map<String, HostArray> clean = Models.batch(48, 64, new long[] {9}, sizes);
    Map<String, HostArray> dirty = Models.batch(48, 64, new long[] {9}, sizes);
    Random random = new Random(1);
    var pixels = dirty.get(MetaArchitecture.PIXELS).data();
    for (int i = 0; i < pixels.limit(); i++) {
      if (i % 64 >= 50 || i / 64 % 48 >= 40) {
        pixels.put(i, (byte) random.nextInt(256));
      }
    }
    List<Found> expected = found(run(parts, clean), 0);
    assertThat(expected).isNotEmpty();
    same("with noise in the padding", found(run(parts, dirty), 0), expected);
    parts.forEach(Part::close);
    weights.release();
  }

  /** One segment that saw all the sizes against segments that saw one each. */
  @Test
  void aSizeIsServedAsByAFreshSegment() {
    MetaArchitecture model = TwoLevels.model(new TwoLevels.TwoLevelBackbone(), 0.05f);
    Models.plan(model, 64, 64);
    Weights weights = Models.random(model);
    List<Part> veteran = parts(model, false, weights);
    int[][] sizes = {{64, 64}, {48, 80}, {32, 112}, {64, 64}, {16, 16}};
    for (int[] size : sizes) {
      for (int images : new int[] {1, 3}) {
        long[] seeds = new Random(size[1] + images).longs(images).toArray();
        int[][] real = new int[images][];
        java.util.Arrays.fill(real, size);
        Map<String, HostArray> batch = Models.batch(size[0], size[1], seeds, real);
        List<Part> fresh = parts(model, false, weights);
        Map<String, HostArray> expected = run(fresh, batch);
        Map<String, HostArray> got = run(veteran, batch);
        for (int n = 0; n < images; n++) {
          same(size[0] + " x " + size[1] + ", image " + n, found(got, n), found(expected, n));
        }
        fresh.forEach(Part::close);
      }
    }
    veteran.forEach(Part::close);
    weights.release();
  }

  @Test
  void aBatchOfTheRealModelEqualsItsImages() throws IOException {
    Npy input =
        Npy.read(Assets.path("reference/faster_rcnn_fbnetv3a_C4/000000000315_input_bgr.npy"));
    int height = (int) input.shape()[2];
    int width = (int) input.shape()[3];
    float[] picture = input.floats();
    List<float[]> pictures = List.of(picture, mirrored(picture, width), darker(picture));
    D2Go d2go = new D2Go(30);
    Models.plan(d2go.model, 320, 416);
    Weights weights = Models.trained(d2go.model);
    List<Part> parts = parts(d2go.model, false, weights);
    Map<String, HostArray> together = run(parts, given(pictures, height, width));
    for (int n = 0; n < pictures.size(); n++) {
      List<Found> alone = found(run(parts, given(List.of(pictures.get(n)), height, width)), 0);
      assertThat(alone).isNotEmpty();
      same("picture " + n, found(together, n), alone);
    }
    parts.forEach(Part::close);
    weights.release();
  }

  private static Map<String, HostArray> given(List<float[]> pictures, int height, int width) {
    int each = 3 * height * width;
    float[] all = new float[pictures.size() * each];
    float[] sizes = new float[2 * pictures.size()];
    for (int n = 0; n < pictures.size(); n++) {
      System.arraycopy(pictures.get(n), 0, all, n * each, each);
      sizes[2 * n] = height;
      sizes[2 * n + 1] = width;
    }
    return Map.of(
        MetaArchitecture.PIXELS,
        HostArray.floats(all, new Shape(pictures.size(), 3, height, width)),
        MetaArchitecture.SIZES,
        HostArray.floats(sizes, new Shape(pictures.size(), 2)));
  }

  private static float[] mirrored(float[] picture, int width) {
    float[] other = new float[picture.length];
    for (int i = 0; i < picture.length; i++) {
      other[i] = picture[i - i % width + width - 1 - i % width];
    }
    return other;
  }

  private static float[] darker(float[] picture) {
    float[] other = new float[picture.length];
    for (int i = 0; i < picture.length; i++) {
      other[i] = 0.7f * picture[i];
    }
    return other;
  }
}
