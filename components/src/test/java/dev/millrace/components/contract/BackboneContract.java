package dev.millrace.components.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.Stage;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every backbone must do. */
public abstract class BackboneContract extends StageContract {

  /** A new one. */
  protected abstract Backbone backbone();

  /** Rows and columns of images that it is tried with; rounded up to what it divides by. */
  protected int[][] sizes() {
    return new int[][] {{64, 96}, {128, 64}};
  }

  private static long up(int size, Backbone backbone) {
    int divisor = backbone.sizeDivisibility();
    return (size + divisor - 1L) / divisor * divisor;
  }

  private Map<String, Result> maps(Backbone backbone, Shape shape, float[] image) {
    Stage.Step step =
        (f, v) ->
            backbone.forward(f, v.get("image")).maps().forEach((name, map) -> v.put(name, map));
    return run(
        backbone,
        new TwoForms().floats("image", shape, image),
        step,
        backbone.outputShape().keySet());
  }

  @Test
  void itsMapsHaveTheDeclaredShapes() {
    for (int[] size : sizes()) {
      Backbone backbone = backbone();
      Shape shape = new Shape(2, 3, up(size[0], backbone), up(size[1], backbone));
      Map<String, Result> maps = maps(backbone, shape, noise(1, shape.size(), -100, 100));
      assertThat(maps.keySet()).isEqualTo(backbone.outputShape().keySet());
      maps.forEach(
          (name, map) -> {
            ShapeSpec spec = backbone.outputShape().get(name);
            assertThat(map.type()).as(name).isEqualTo(DataType.FLOAT32);
            assertThat(map.shape())
                .as(name)
                .isEqualTo(
                    new Shape(
                        2,
                        spec.channels(),
                        ceil(shape.get(2), spec.stride()),
                        ceil(shape.get(3), spec.stride())));
          });
    }
  }

  private static long ceil(long size, int stride) {
    return (size + stride - 1) / stride;
  }

  @Test
  void theSameImageGivesTheSameMaps() {
    Backbone backbone = backbone();
    Shape shape = new Shape(1, 3, up(sizes()[0][0], backbone), up(sizes()[0][1], backbone));
    float[] image = noise(2, shape.size(), -100, 100);
    Map<String, Result> once = maps(backbone, shape, image);
    Map<String, Result> again = maps(backbone, shape, image);
    once.forEach((name, map) -> same(name, again.get(name), map, 0));
  }

  @Test
  void aBatchIsAsItsImagesOneByOne() {
    Backbone backbone = backbone();
    long height = up(sizes()[0][0], backbone);
    long width = up(sizes()[0][1], backbone);
    float[] images = noise(3, 3 * 3 * height * width, -100, 100);
    Map<String, Result> batch = maps(backbone, new Shape(3, 3, height, width), images);
    int each = images.length / 3;
    for (int n = 0; n < 3; n++) {
      int index = n;
      maps(
              backbone,
              new Shape(1, 3, height, width),
              Arrays.copyOfRange(images, n * each, (n + 1) * each))
          .forEach((name, map) -> same(name, image(batch.get(name), index), map, tolerance()));
    }
  }

  @Test
  void itsParametersAreNamedAndShaped() {
    Backbone backbone = backbone();
    Shape shape = new Shape(1, 3, up(sizes()[0][0], backbone), up(sizes()[0][1], backbone));
    maps(backbone, shape, noise(4, shape.size(), -1, 1));
    assertThat(backbone.parameters())
        .allSatisfy((name, p) -> assertThat(p.getShape().size()).as(name).isPositive());
  }
}
