package dev.millrace.components.modeling.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.testing.TestBuild;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DetectionPostprocessorTest {

  private static final List<ModelConfig.ObjectClass> CLASSES =
      List.of(new ModelConfig.ObjectClass("cat", 17), new ModelConfig.ObjectClass("dog", 18));
  private static final TestBuild BUILD =
      new TestBuild("model.postprocessor", Map.of(), List.of("cat", "dog"));

  /** The network saw 50 x 100 (twice the source halved) and 60 x 60 (of 20 x 30). */
  private static final ImageBatch BATCH =
      new ImageBatch(
          2,
          64,
          128,
          ByteBuffer.allocate(0),
          new int[] {50, 100, 60, 60},
          new int[] {100, 200, 20, 30});

  private static final DenseInstances FOUND =
      new DenseInstances(
          2,
          4,
          new float[] {
            10, 5, 20, 15, -4, 40, 110, 60, 30, 30, 30, 44, 9, 9, 9, 9,
            6, 12, 30, 60, 0, 0, 3, 3, 70, 10, 90, 20, 0, 0, 60, 60
          },
          new float[] {0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f, 0.2f},
          new long[] {0, 1, 0, 0, 1, 7, 0, 0},
          new int[] {3, 3});

  private static List<Detections> run(DetectionPostprocessor postprocessor) {
    return postprocessor.postprocess(FOUND, BATCH, CLASSES);
  }

  @Test
  void boxesAreScaledClippedAndDroppedWhereEmpty() {
    List<Detections> all = run(new DetectionPostprocessor(0, 100, Set.of()));
    assertThat(all.get(0).objects())
        .containsExactly(
            new Detection(20, 10, 40, 30, 0, "cat", 0.9f),
            new Detection(0, 80, 200, 100, 1, "dog", 0.8f));
    assertThat(all.get(1).objects()).hasSize(2);
    Detection dog = all.get(1).objects().get(0);
    assertThat(dog.label()).isEqualTo("dog");
    assertThat(new float[] {dog.x1(), dog.y1(), dog.x2(), dog.y2()})
        .containsExactly(new float[] {3, 4, 15, 20}, org.assertj.core.data.Offset.offset(1e-5f));
    assertThat(all.get(1).objects().get(1).label())
        .as("a class that the configuration does not name")
        .isEqualTo("class 7");
  }

  @Test
  void theMostIsCountedAfterTheRestWasDropped() {
    List<Detections> all = run(new DetectionPostprocessor(0, 1, Set.of("dog")));
    assertThat(all.get(0).objects()).extracting(Detection::score).containsExactly(0.8f);
    assertThat(all.get(1).objects()).extracting(Detection::score).containsExactly(0.5f);
  }

  @Test
  void aScoreAtTheMinimumStays() {
    assertThat(run(new DetectionPostprocessor(0.8f, 9, Set.of())).get(0).objects()).hasSize(2);
    assertThat(run(new DetectionPostprocessor(0.81f, 9, Set.of())).get(0).objects()).hasSize(1);
    assertThat(run(new DetectionPostprocessor(1, 9, Set.of())).get(1).objects()).isEmpty();
  }

  /** A mask of one cell, a keypoint's map of one cell, two numbers of a plugin's. */
  @Test
  void fieldsBecomeMasksKeypointsAndAttributes() {
    float[] masks = new float[8];
    float[] numbers = new float[16];
    for (int i = 0; i < 8; i++) {
      masks[i] = i / 8f + 0.1f;
      numbers[2 * i] = i;
      numbers[2 * i + 1] = -i;
    }
    DenseInstances found =
        new DenseInstances(
            FOUND.images(),
            FOUND.rows(),
            FOUND.boxes(),
            FOUND.scores(),
            FOUND.classes(),
            FOUND.counts(),
            Map.of(
                Instances.PRED_MASKS,
                new DenseArray(new long[] {2, 4, 1, 1}, masks),
                Instances.PRED_KEYPOINT_HEATMAPS,
                new DenseArray(new long[] {2, 4, 1, 1, 1}, new float[8]),
                "speed",
                new DenseArray(new long[] {2, 4, 2}, numbers)),
            Map.of());
    List<Detections> all =
        new DetectionPostprocessor(0, 100, Set.of(), 0.6f).postprocess(found, BATCH, CLASSES);
    Detection cat = all.get(0).objects().get(0);
    assertThat(cat.mask()).isEqualTo(Rle.of(100, 200, new boolean[20000]).toMask());
    assertThat(cat.keypoints()).hasSize(1);
    assertThat(cat.keypoints().get(0).x()).isEqualTo(2 * (10 + 0.5f));
    assertThat(cat.keypoints().get(0).y()).isEqualTo(2 * (5 + 0.5f));
    assertThat(cat.attributes()).isEqualTo(Map.of("speed", List.of(0f, 0f)));
    Detection last = all.get(1).objects().get(1);
    assertThat(last.attributes()).isEqualTo(Map.of("speed", List.of(5f, -5f)));
    // 0 to 1.5 in x, 0 to 1 in y of the source: 0.604 in the first pixel, 0.363 in the second
    assertThat(Rle.of(last.mask()).area()).isEqualTo(1);
    assertThat(run(new DetectionPostprocessor(0, 100, Set.of())).get(0).objects())
        .allMatch(d -> d.mask() == null && d.keypoints().isEmpty() && d.attributes().isEmpty());
  }

  @Test
  void nonsenseIsRefusedAtItsKey() {
    refused(new DetectionPostprocessor.Args(null, null, null, 0.0), "maskThreshold", "found 0.0");
    refused(new DetectionPostprocessor.Args(1.5, null, null, null), "minScore", "found 1.5");
    refused(new DetectionPostprocessor.Args(null, 0, null, null), "maxDetections", "found 0");
    refused(
        new DetectionPostprocessor.Args(null, null, List.of("dgo"), null),
        "keepClasses",
        "Did you mean dog?");
    refused(
        new DetectionPostprocessor.Args(null, null, List.of("aeroplane"), null),
        "keepClasses",
        "Its classes: [cat, dog]");
  }

  private static void refused(DetectionPostprocessor.Args args, String key, String words) {
    assertThatThrownBy(() -> DetectionPostprocessor.fromConfig(args, BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.postprocessor." + key)
        .hasMessageContaining(words);
  }
}
