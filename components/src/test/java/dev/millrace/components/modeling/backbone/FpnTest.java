package dev.millrace.components.modeling.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.engine.TwoForms.Result;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FpnTest {

  /** Maps of strides 4, 8 and 16, from nothing but the image. */
  private static final class ThreeMaps extends Backbone {
    private final Map<String, Block> convs = new LinkedHashMap<>();
    private final Map<String, ShapeSpec> shapes = new LinkedHashMap<>();

    ThreeMaps() {
      for (int i = 2; i <= 4; i++) {
        int stride = 1 << i;
        convs.put("res" + i, add("res" + i, Layers.conv(4 + i, stride, stride, 0, 1)));
        shapes.put("res" + i, new ShapeSpec(4 + i, stride));
      }
    }

    @Override
    public FeatureMaps forward(Forward f, NDArray image) {
      Map<String, NDArray> maps = new LinkedHashMap<>();
      convs.forEach((name, conv) -> maps.put(name, f.apply(conv, image)));
      return new FeatureMaps(maps);
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return shapes;
    }
  }

  private static final List<String> ALL = List.of("res2", "res3", "res4");

  private static Map<String, Result> run(Fpn fpn) {
    float[] image = new float[2 * 3 * 32 * 48];
    Random random = new Random(4);
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat() - 0.5f;
    }
    return new TwoForms()
        .parameters(fpn, 9)
        .floats("image", new Shape(2, 3, 32, 48), image)
        .agree(1e-4, (f, v) -> fpn.forward(f, v.get("image")).maps().forEach(v::put));
  }

  @Test
  void namesShapesAndPadding() {
    Fpn fpn = new Fpn(new ThreeMaps(), ALL, 5, Norm.NONE, false, new LastLevelMaxPool("p4"));
    Map<String, Result> maps = run(fpn);
    assertThat(fpn.outputShape())
        .containsExactly(
            Map.entry("p2", new ShapeSpec(5, 4)),
            Map.entry("p3", new ShapeSpec(5, 8)),
            Map.entry("p4", new ShapeSpec(5, 16)),
            Map.entry("p5", new ShapeSpec(5, 32)));
    assertThat(maps.get("p2").shape()).isEqualTo(new Shape(2, 5, 8, 12));
    assertThat(maps.get("p5").shape()).isEqualTo(new Shape(2, 5, 1, 2));
    assertThat(fpn.sizeDivisibility()).isEqualTo(16);
    assertThat(fpn.parameters().keySet())
        .startsWith("bottom_up.res2.weight")
        .contains("fpn_lateral2.weight", "fpn_lateral2.bias", "fpn_output4.bias");
  }

  @Test
  void everyOtherCellOfTheCoarsestLevel() {
    Map<String, Result> maps =
        run(new Fpn(new ThreeMaps(), ALL, 5, Norm.NONE, false, new LastLevelMaxPool("p4")));
    double[] p4 = maps.get("p4").numbers();
    double[] p5 = maps.get("p5").numbers();
    for (int plane = 0; plane < 10; plane++) {
      assertThat(p5[2 * plane]).isEqualTo(p4[6 * plane]);
      assertThat(p5[2 * plane + 1]).isEqualTo(p4[6 * plane + 2]);
    }
  }

  /** Random weights have no biases, so halving the sum halves what comes of it. */
  @Test
  void averagingHalvesEachJoin() {
    Map<String, Result> sum = run(new Fpn(new ThreeMaps(), ALL, 5, Norm.NONE, false, null));
    Map<String, Result> average = run(new Fpn(new ThreeMaps(), ALL, 5, Norm.NONE, true, null));
    assertThat(sum).containsOnlyKeys("p2", "p3", "p4");
    TwoForms.close("p4", average.get("p4").numbers(), sum.get("p4").numbers(), 1e-6);
    double[] halved = sum.get("p3").numbers().clone();
    for (int i = 0; i < halved.length; i++) {
      halved[i] /= 2;
    }
    TwoForms.close("p3", average.get("p3").numbers(), halved, 1e-5);
  }

  @Test
  void aNormTakesTheBiassPlace() {
    Fpn fpn = new Fpn(new ThreeMaps(), ALL, 5, Norm.BN, false, null);
    run(fpn);
    assertThat(fpn.parameters().keySet())
        .contains("fpn_lateral3.norm.running_mean", "fpn_output2.norm.weight")
        .doesNotContain("fpn_lateral3.bias");
    assertThat(fpn.buffers()).contains("fpn_lateral3.norm.num_batches_tracked");
  }

  @Test
  void twoConvolutionsOnTop() {
    for (String from : List.of("res4", "p4")) {
      Fpn fpn = new Fpn(new ThreeMaps(), ALL, 5, Norm.NONE, false, new LastLevelP6P7(5, from));
      Map<String, Result> maps = run(fpn);
      assertThat(maps.get("p6").shape()).isEqualTo(new Shape(2, 5, 1, 1));
      assertThat(fpn.parameters().get("top_block.p6.weight").getShape())
          .isEqualTo(new Shape(5, from.equals("p4") ? 5 : 8, 3, 3));
      assertThat(fpn.parameters()).containsKey("top_block.p7.bias");
      assertThat(fpn.outputShape()).containsEntry("p6", new ShapeSpec(5, 64));
    }
  }

  private record Building(Backbone below, TopBlock top) implements Build {
    @Override
    public String path() {
      return "backbone";
    }

    @Override
    public Map<String, ShapeSpec> inputShape() {
      return Map.of("image", new ShapeSpec(3, 1));
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public <T> T component(Class<T> kind, ComponentConfig<T> config, Map<String, ShapeSpec> shape) {
      return kind.cast(kind == Backbone.class ? below : top);
    }
  }

  private static Fpn build(List<String> in, Integer channels, String fuse, TopBlock top) {
    return Fpn.fromConfig(
        new Fpn.Args(
            new ComponentConfig<>("ThreeMaps", Map.of(), "backbone.bottomUp"),
            in,
            channels,
            null,
            fuse,
            top == null ? null : new ComponentConfig<>("top", Map.of(), "backbone.topBlock")),
        new Building(new ThreeMaps(), top));
  }

  private static void refused(
      List<String> in, Integer channels, String fuse, TopBlock top, String words) {
    assertThatThrownBy(() -> build(in, channels, fuse, top))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words);
  }

  @Test
  void aConfigurationNeedsTheBackboneBelowOnly() {
    assertThat(build(null, null, null, null).outputShape())
        .containsEntry("p2", new ShapeSpec(256, 4))
        .hasSize(3);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refused(
        List.of("res7"), null, null, null, "backbone.inFeatures: the backbone below has no map");
    refused(List.of("res2", "res4"), null, null, null, "whose strides double");
    refused(List.of("res4", "res3"), null, null, null, "whose strides double");
    refused(List.of(), null, null, null, "expected at least one map");
    refused(ALL, 0, null, null, "backbone.outChannels: expected 1 or more");
    refused(ALL, null, "max", null, "backbone.fuseType: expected sum or avg, found 'max'");
    refused(
        ALL,
        null,
        null,
        new LastLevelMaxPool("p5"),
        "the top block starts from 'p5', expected one");
  }

  @Test
  void theTopBlockHasAsManyChannelsAsThePyramid() {
    Map<String, ShapeSpec> maps = new LinkedHashMap<>(new ThreeMaps().outputShape());
    maps.put("p4", new ShapeSpec(7, 16));
    LastLevelP6P7 top =
        LastLevelP6P7.fromConfig(
            new LastLevelP6P7.Args("res4"),
            new dev.millrace.components.testing.TestBuild("topBlock", maps, List.of()));
    new TwoForms()
        .floats("x", new Shape(1, 8, 4, 4), new float[128])
        .trace((f, v) -> v.put("p6", top.forward(f, v.get("x")).get(0)));
    assertThat(top.parameters().get("p7.weight").getShape()).isEqualTo(new Shape(7, 7, 3, 3));
  }
}
