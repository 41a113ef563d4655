package dev.millrace.components.modeling.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.testing.TestBuild;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResNetTest {

  private static final List<String> ALL = List.of("stem", "res2", "res3", "res4", "res5");
  private static final TestBuild BUILD =
      new TestBuild("backbone", Map.of("image", new ShapeSpec(3, 1)), List.of());

  /** Shapes of maps and parameters, without data. */
  private static Values traced(ResNet net, int height, int width) {
    return new TwoForms()
        .floats("image", new Shape(1, 3, height, width), new float[3 * height * width])
        .trace((f, v) -> net.forward(f, v.get("image")).maps().forEach(v::put));
  }

  private static long[] shape(ResNet net, String parameter) {
    return net.parameters().get(parameter).getShape().getShape();
  }

  /** torchvision's counts, less the classifier and with the statistics of normalisation. */
  @ParameterizedTest
  @CsvSource({
    "18, 11186112, 100, 512",
    "34, 21301696, 180, 512",
    "50, 23561152, 265, 2048",
    "101, 42605504, 520, 2048",
    "152, 58295232, 775, 2048"
  })
  void depthsHaveTheirUsualParameters(int depth, long elements, int parameters, long channels) {
    ResNet net = new ResNet(ResNetShape.of(depth), ALL);
    Values maps = traced(net, 64, 96);
    assertThat(maps.get("stem").getShape()).isEqualTo(new Shape(1, 64, 16, 24));
    assertThat(maps.get("res2").getShape()).isEqualTo(new Shape(1, channels / 8, 16, 24));
    assertThat(maps.get("res3").getShape()).isEqualTo(new Shape(1, channels / 4, 8, 12));
    assertThat(maps.get("res4").getShape()).isEqualTo(new Shape(1, channels / 2, 4, 6));
    assertThat(maps.get("res5").getShape()).isEqualTo(new Shape(1, channels, 2, 3));
    Map<String, Parameter> all = net.parameters();
    assertThat(all).hasSize(parameters);
    assertThat(all.values().stream().mapToLong(p -> p.getShape().size()).sum()).isEqualTo(elements);
    net.outputShape()
        .forEach(
            (name, spec) ->
                assertThat(maps.get(name).getShape())
                    .as(name)
                    .isEqualTo(
                        new Shape(1, spec.channels(), 64 / spec.stride(), 96 / spec.stride())));
  }

  @Test
  void namesAndShapesAreDetectron2s() {
    ResNet net = new ResNet(ResNetShape.of(50), ALL);
    traced(net, 32, 32);
    assertThat(net.parameters().keySet())
        .startsWith(
            "stem.conv1.weight",
            "stem.conv1.norm.weight",
            "stem.conv1.norm.bias",
            "stem.conv1.norm.running_mean",
            "stem.conv1.norm.running_var",
            "res2.0.shortcut.weight",
            "res2.0.shortcut.norm.weight")
        .contains("res2.0.conv3.norm.running_var", "res5.2.conv2.weight")
        .doesNotContain("stem.conv1.bias", "res2.1.shortcut.weight", "res2.0.conv1.bias");
    assertThat(shape(net, "stem.conv1.weight")).containsExactly(64, 3, 7, 7);
    assertThat(shape(net, "res2.0.conv1.weight")).containsExactly(64, 64, 1, 1);
    assertThat(shape(net, "res2.0.conv2.weight")).containsExactly(64, 64, 3, 3);
    assertThat(shape(net, "res2.0.conv3.weight")).containsExactly(256, 64, 1, 1);
    assertThat(shape(net, "res3.0.shortcut.weight")).containsExactly(512, 256, 1, 1);
    assertThat(net.buffers()).isEmpty();
  }

  @Test
  void aResNeXtHasGroups() {
    ResNet net =
        new ResNet(new ResNetShape(101, 64, 256, 32, 8, false, 1, Norm.FROZEN_BN), List.of("res4"));
    traced(net, 32, 32);
    assertThat(shape(net, "res2.0.conv2.weight")).containsExactly(256, 8, 3, 3);
    assertThat(shape(net, "res4.22.conv2.weight")).containsExactly(1024, 32, 3, 3);
    assertThat(net.parameters().keySet()).noneMatch(name -> name.startsWith("res5"));
    assertThat(net.outputShape()).containsExactly(Map.entry("res4", new ShapeSpec(1024, 16)));
  }

  @Test
  void aDilatedRes5KeepsTheSizeOfRes4() {
    ResNet net =
        new ResNet(
            new ResNetShape(50, 8, 16, 1, 4, true, 2, Norm.FROZEN_BN), List.of("res4", "res5"));
    Values maps = traced(net, 64, 64);
    assertThat(maps.get("res5").getShape()).isEqualTo(new Shape(1, 128, 4, 4));
    assertThat(net.outputShape().get("res5")).isEqualTo(new ShapeSpec(128, 16));
  }

  @ParameterizedTest
  @CsvSource({"18, true, FROZEN_BN", "50, true, BN", "50, false, NONE"})
  void bothFormsAgree(int depth, boolean strideIn1x1, Norm norm) {
    ResNet net = new ResNet(new ResNetShape(depth, 4, 8, 1, 4, strideIn1x1, 1, norm), ALL);
    float[] image = new float[2 * 3 * 40 * 50];
    Random random = new Random(1);
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
    }
    new TwoForms()
        .parameters(net, 3)
        .floats("image", new Shape(2, 3, 40, 50), image)
        .agree(1e-4, (f, v) -> net.forward(f, v.get("image")).maps().forEach(v::put));
  }

  @ParameterizedTest
  @CsvSource({"1, true, 1, GN", "4, true, 2, GN", "4, false, 2, FROZEN_BN"})
  void alsoWithGroupsAndDilation(int groups, boolean strideIn1x1, int dilation, Norm norm) {
    ResNet net =
        new ResNet(
            new ResNetShape(50, 32, 32, groups, 32 / groups, strideIn1x1, dilation, norm),
            List.of("res5"));
    float[] image = new float[2 * 3 * 33 * 40];
    Random random = new Random(2);
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
    }
    var out =
        new TwoForms()
            .parameters(net, 4)
            .floats("image", new Shape(2, 3, 33, 40), image)
            .agree(1e-3, (f, v) -> net.forward(f, v.get("image")).maps().forEach(v::put));
    assertThat(out.get("res5").shape())
        .isEqualTo(dilation == 2 ? new Shape(2, 256, 3, 3) : new Shape(2, 256, 2, 2));
    assertThat(shape(net, "res3.1.conv2.weight")).containsExactly(64, 64 / groups, 3, 3);
  }

  @Test
  void whatBatchNormalisationCountsIsKnown() {
    ResNet net = new ResNet(new ResNetShape(18, 4, 8, 1, 4, true, 1, Norm.BN), List.of("res2"));
    traced(net, 32, 32);
    assertThat(net.buffers())
        .contains("stem.conv1.norm.num_batches_tracked", "res2.1.conv2.norm.num_batches_tracked");
    assertThat(net.parameters().keySet())
        .contains("stem.conv1.norm.weight", "stem.conv1.norm.running_var");
  }

  private static ResNet.Args args(
      int depth, Integer groups, Integer dilation, String norm, List<String> out) {
    return new ResNet.Args(depth, null, null, groups, null, null, dilation, norm, out);
  }

  private static void refused(ResNet.Args args, String words) {
    assertThatThrownBy(() -> ResNet.fromConfig(args, BUILD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words);
  }

  @Test
  void aConfigurationNeedsTheDepthOnly() {
    ResNet net = ResNet.fromConfig(args(34, null, null, null, null), BUILD);
    assertThat(net.outputShape().keySet()).containsExactly("res2", "res3", "res4", "res5");
    assertThat(net.outputShape().get("res2")).isEqualTo(new ShapeSpec(64, 4));
    assertThat(ResNet.fromConfig(args(50, null, null, null, null), BUILD).outputShape())
        .containsEntry("res5", new ShapeSpec(2048, 32));
  }

  @Test
  void whatIsNoResNetIsRefused() {
    refused(args(42, null, null, null, null), "backbone.depth: expected a depth of 18, 34, 50");
    refused(args(18, 2, null, null, null), "backbone.depth: a ResNet-18 has neither groups");
    refused(args(18, null, 2, null, null), "nor a dilated res5");
    refused(args(50, 0, null, null, null), "backbone.numGroups: expected 1 or more, found 0");
    refused(args(50, null, 3, null, null), "backbone.res5Dilation: expected 1 or 2, found 3");
    refused(args(50, null, null, "FrozenBM", null), "Did you mean FrozenBN?");
    refused(
        args(50, null, null, "LN", null), "backbone.norm: expected FrozenBN, BN, GN or '' (none)");
    refused(
        args(50, null, null, null, List.of("res6")),
        "backbone.outFeatures: expected output features among [stem, res2");
    refused(args(50, null, null, null, List.of()), "found []");
  }
}
