package dev.millrace.components.modeling.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.TestBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DefaultAnchorGeneratorTest {

  private static final Offset<Float> NEAR = Offset.offset(1e-4f);

  @Test
  void theCellAnchorsAreThoseOfTheTrainedModel() throws IOException {
    String manifest =
        Files.readString(Assets.path("reference/faster_rcnn_fbnetv3a_C4/manifest.json"));
    String list =
        manifest.substring(manifest.indexOf("cell_anchors"), manifest.indexOf("coco_ids"));
    Matcher number = Pattern.compile("-?\\d+\\.\\d+").matcher(list);
    float[] anchors =
        new DefaultAnchorGenerator(
                List.of(List.of(32.0, 64.0, 96.0, 128.0, 160.0)),
                List.of(List.of(0.5, 1.0, 2.0)),
                new int[] {16},
                0)
            .anchors(0, 1, 1);
    assertThat(anchors).hasSize(60);
    for (float anchor : anchors) {
      assertThat(number.find()).isTrue();
      assertThat(anchor).isCloseTo(Float.parseFloat(number.group()), NEAR);
    }
    assertThat(number.find()).isFalse();
  }

  @Test
  void anchorsFollowRowColumnAndAspect() {
    DefaultAnchorGenerator generator =
        new DefaultAnchorGenerator(
            List.of(List.of(8.0), List.of(20.0)),
            List.of(List.of(1.0, 4.0)),
            new int[] {4, 16},
            0.5);
    assertThat(generator.anchorsPerCell(0)).isEqualTo(2);
    float[] fine = generator.anchors(0, 2, 3);
    assertThat(fine).hasSize(2 * 3 * 2 * 4);
    assertThat(Arrays.copyOf(fine, 4)).containsExactly(new float[] {-2, -2, 6, 6}, NEAR);
    // height over width 4: 4 wide, 16 high
    assertThat(Arrays.copyOfRange(fine, 4, 8)).containsExactly(new float[] {0, -6, 4, 10}, NEAR);
    // row 1, column 2: centre (10, 6)
    int at = (1 * 3 + 2) * 8;
    assertThat(Arrays.copyOfRange(fine, at, at + 4))
        .containsExactly(new float[] {6, 2, 14, 10}, NEAR);
    float[] coarse = generator.anchors(1, 1, 2);
    assertThat(Arrays.copyOfRange(coarse, 8, 12))
        .containsExactly(new float[] {14, -2, 34, 18}, NEAR);
  }

  @Test
  void theAreaIsThatOfTheSizeWhateverTheAspect() {
    float[] a =
        new DefaultAnchorGenerator(
                List.of(List.of(24.0)), List.of(List.of(0.3, 1.0, 2.7)), new int[] {8}, 0)
            .anchors(0, 1, 1);
    for (int i = 0; i < a.length; i += 4) {
      assertThat((double) (a[i + 2] - a[i]) * (a[i + 3] - a[i + 1])).isCloseTo(576, within(0.01));
    }
  }

  @Test
  void anOffsetOutsideOfItsCellIsRefused() {
    TestBuild build =
        new TestBuild("rpn.anchorGenerator", Map.of("p2", new ShapeSpec(8, 4)), List.of());
    for (double offset : new double[] {-0.1, 1}) {
      assertThatThrownBy(
              () ->
                  DefaultAnchorGenerator.fromConfig(
                      new DefaultAnchorGenerator.Args(
                          List.of(List.of(1.0)), List.of(List.of(1.0)), offset),
                      build))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("rpn.anchorGenerator.offset: expected 0 to below 1");
    }
  }

  @Test
  void listsThatMakeNoAnchorsAreRefused() {
    TestBuild build =
        new TestBuild("rpn.anchorGenerator", Map.of("p2", new ShapeSpec(8, 4)), List.of());
    List<List<Double>> one = List.of(List.of(1.0));
    for (List<Double> bad : List.of(List.<Double>of(), List.of(0.0), List.of(1.0, -2.0))) {
      assertThatThrownBy(
              () ->
                  DefaultAnchorGenerator.fromConfig(
                      new DefaultAnchorGenerator.Args(List.of(bad), one, null), build))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("rpn.anchorGenerator.sizes: expected numbers above 0");
      assertThatThrownBy(
              () ->
                  DefaultAnchorGenerator.fromConfig(
                      new DefaultAnchorGenerator.Args(one, List.of(bad), null), build))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("rpn.anchorGenerator.aspectRatios: expected numbers above 0");
    }
  }

  @Test
  void listsThatMatchNoLevelsAreRefused() {
    TestBuild build =
        new TestBuild(
            "rpn.anchorGenerator",
            Map.of(
                "p2", new ShapeSpec(8, 4), "p3", new ShapeSpec(8, 8), "p4", new ShapeSpec(8, 16)),
            List.of());
    assertThatThrownBy(
            () ->
                DefaultAnchorGenerator.fromConfig(
                    new DefaultAnchorGenerator.Args(
                        List.of(List.of(1.0), List.of(2.0)), List.of(List.of(1.0)), null),
                    build))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rpn.anchorGenerator.sizes")
        .hasMessageContaining("3 feature maps")
        .hasMessageContaining("found 2");
  }
}
