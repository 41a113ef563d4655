package dev.millrace.components.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every postprocessor must do. */
public abstract class PostprocessorContract {
  private static final int ROWS = 20;
  private static final List<ModelConfig.ObjectClass> CLASSES =
      List.of(new ModelConfig.ObjectClass("cat", 17), new ModelConfig.ObjectClass("dog", 18));

  /** The network saw 50 x 100 (the source halved) and 60 x 60 (of 20 x 30); rows first. */
  private static final ImageBatch BATCH =
      new ImageBatch(
          2,
          64,
          128,
          ByteBuffer.allocate(0),
          new int[] {50, 100, 60, 60},
          new int[] {100, 200, 20, 30});

  /** A new one. */
  protected abstract Postprocessor postprocessor();

  /** Boxes of which some leave the image and some are empty; the second image has none. */
  private static DenseInstances found() {
    Random random = new Random(5);
    float[] boxes = new float[2 * ROWS * 4];
    float[] scores = new float[2 * ROWS];
    long[] classes = new long[2 * ROWS];
    for (int i = 0; i < scores.length; i++) {
      boxes[4 * i] = 130 * random.nextFloat() - 15;
      boxes[4 * i + 1] = 80 * random.nextFloat() - 15;
      boxes[4 * i + 2] = boxes[4 * i] + (i % 5 == 0 ? 0 : 40 * random.nextFloat());
      boxes[4 * i + 3] = boxes[4 * i + 1] + 40 * random.nextFloat();
      scores[i] = 1 - (i % ROWS) / (float) ROWS;
      classes[i] = i % 2;
    }
    return new DenseInstances(2, ROWS, boxes, scores, classes, new int[] {ROWS - 3, 0});
  }

  @Test
  void objectsAreInsideTheirFrameAndTheBestComeFirst() {
    List<Detections> all = postprocessor().postprocess(found(), BATCH, CLASSES);
    assertThat(all).hasSize(2);
    assertThat(all.get(1).objects()).isEmpty();
    List<Detection> objects = all.get(0).objects();
    assertThat(objects).isNotEmpty().hasSizeLessThanOrEqualTo(ROWS - 3);
    float last = 1;
    for (Detection object : objects) {
      assertThat(object.x1()).isGreaterThanOrEqualTo(0).isLessThan(object.x2());
      assertThat(object.y1()).isGreaterThanOrEqualTo(0).isLessThan(object.y2());
      assertThat(object.x2()).isLessThanOrEqualTo(200);
      assertThat(object.y2()).isLessThanOrEqualTo(100);
      assertThat(object.label()).isEqualTo(CLASSES.get(object.classId()).name());
      assertThat(object.score()).isLessThanOrEqualTo(last);
      last = object.score();
    }
  }

  @Test
  void severalThreadsMayAskAtOnce() {
    Postprocessor postprocessor = postprocessor();
    List<Detections> alone = postprocessor.postprocess(found(), BATCH, CLASSES);
    assertThat(
            IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> postprocessor.postprocess(found(), BATCH, CLASSES))
                .toList())
        .allSatisfy(each -> assertThat(each).isEqualTo(alone));
  }
}
