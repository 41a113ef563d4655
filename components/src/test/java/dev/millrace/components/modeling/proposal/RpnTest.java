package dev.millrace.components.modeling.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.testing.TestBuild;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RpnTest {

  /** Builds anchors of the given sizes, and the standard head for them. */
  private record Building(List<List<Double>> sizes) implements Build {
    @Override
    public String path() {
      return "rpn";
    }

    @Override
    public Map<String, ShapeSpec> inputShape() {
      Map<String, ShapeSpec> maps = new LinkedHashMap<>();
      maps.put("p2", new ShapeSpec(8, 4));
      maps.put("p3", new ShapeSpec(8, 8));
      return maps;
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public <T> T component(Class<T> kind, ComponentConfig<T> config, Map<String, ShapeSpec> shape) {
      return kind.cast(
          kind == AnchorGenerator.class
              ? new DefaultAnchorGenerator(sizes, List.of(List.of(0.5, 1.0)), new int[] {4, 8}, 0)
              : new StandardRpnHead(8, shape.get(Rpn.ANCHORS).channels(), List.of(-1)));
    }
  }

  private static Rpn build(List<List<Double>> sizes) {
    return build(sizes, null, null);
  }

  private static Rpn build(List<List<Double>> sizes, Double nmsThresh, Double minBoxSize) {
    return Rpn.fromConfig(
        new Rpn.Args(
            List.of("p2", "p3"),
            new ComponentConfig<>("anchors", Map.of(), "rpn.anchorGenerator"),
            new ComponentConfig<>("head", Map.of(), "rpn.head"),
            null,
            null,
            nmsThresh,
            minBoxSize,
            null,
            null),
        new Building(sizes));
  }

  @Test
  void numbersOutOfTheirRangeAreRefusedAtTheirKey() {
    for (double value : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> build(List.of(List.of(8.0)), value, null))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("rpn.nmsThresh: expected 0 to 1, found " + value);
    }
    for (double value : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> build(List.of(List.of(8.0)), null, value))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("rpn.minBoxSize: expected 0 or more, found " + value);
    }
  }

  @Test
  void aHeadOfNoWidthIsRefused() {
    Map<String, ShapeSpec> shapes =
        Map.of("p2", new ShapeSpec(8, 4), Rpn.ANCHORS, new ShapeSpec(3, 1));
    TestBuild build = new TestBuild("rpn.head", shapes, List.of());
    for (int dim : new int[] {0, -2}) {
      assertThatThrownBy(
              () -> StandardRpnHead.fromConfig(new StandardRpnHead.Args(List.of(-1, dim)), build))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(
              "rpn.head.convDims: expected -1, or 1 or more, each, found [-1, " + dim);
    }
  }

  @Test
  void levelsThatShareAHeadHaveAsManyAnchors() {
    assertThat(build(List.of(List.of(8.0), List.of(16.0))).buffers())
        .containsExactly("anchor_generator.cell_anchors.0", "anchor_generator.cell_anchors.1");
    assertThatThrownBy(() -> build(List.of(List.of(8.0), List.of(16.0, 20.0))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rpn.anchorGenerator: expected as many anchors a cell")
        .hasMessageContaining("found [2, 4]");
  }
}
