package dev.millrace.components.modeling.roi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.backbone.FbNetStep;
import dev.millrace.components.testing.TestBuild;
import dev.millrace.components.trace.VisionOps;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ROI heads say of a box besides its class, in both forms. */
class RoiFieldsTest {

  private static final ShapeSpec MAP = new ShapeSpec(8, 8);
  private static final TestBuild BUILD =
      new TestBuild("model.architecture.roiHeads", Map.of("p3", MAP), List.of("a", "b", "c"));

  private static float[] random(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static RoiPooler pooler(int side) {
    return new RoiPooler(new VisionOps.RoiAlign(side, side, 2, true), List.of(MAP));
  }

  private static RoiBranch<BoxHead> box() {
    return new RoiBranch<>(
        pooler(3),
        new FastRcnnConvFcHead(ShapeSpec.pooled(8, 3, 3), List.of(), List.of(16), Norm.NONE));
  }

  private static FastRcnnOutputLayers predictor() {
    return new FastRcnnOutputLayers(
        3, false, new BoxTransform(10, 10, 5, 5), 0.01f, 0.5f, 6, BoxLoss.STANDARD);
  }

  /** A plugin's: a number of its own for each box, by a head of its own. */
  private static final class WithSpeed extends StandardRoiHeads {
    private final Block speed = add("speed_head.fc", Layers.linear(2));
    private final RoiPooler own = pooler(2);

    WithSpeed() {
      super(
          List.of("p3"),
          box(),
          predictor(),
          new RoiBranch<>(pooler(4), new MaskRcnnConvUpsampleHead(3, List.of(6, 5), Norm.NONE)),
          new RoiBranch<>(pooler(4), new KrcnnConvDeconvUpsampleHead(2, List.of(6))),
          RoiTraining.STANDARD);
    }

    @Override
    protected Instances forwardWithGivenBoxes(Forward f, FeatureMaps features, Instances found) {
      NDArray pooled = own.forward(maps(features), found.boxes());
      NDArray x = pooled.reshape(pooled.getShape().get(0), 8 * 4);
      return super.forwardWithGivenBoxes(f, features, found)
          .with("speed", byImage(f.apply(speed, x), found));
    }
  }

  @Test
  void aSubclassAddsAFieldOfItsOwn() {
    WithSpeed heads = new WithSpeed();
    float[] boxes = new float[2 * 5 * 4];
    Random random = new Random(4);
    for (int i = 0; i < boxes.length; i += 4) {
      boxes[i] = 30 * random.nextFloat();
      boxes[i + 1] = 30 * random.nextFloat();
      boxes[i + 2] = boxes[i] + 4 + 30 * random.nextFloat();
      boxes[i + 3] = boxes[i + 1] + 4 + 30 * random.nextFloat();
    }
    var out =
        new TwoForms()
            .parameters(heads, 9)
            .floats("p3", new Shape(2, 8, 8, 8), random(2, 2 * 8 * 64))
            .floats("boxes", new Shape(2, 5, 4), boxes)
            .floats("logits", new Shape(2, 5), random(3, 10))
            .floats("sizes", new Shape(2, 2), 64, 64, 60, 50)
            .agree(
                1e-4,
                (f, v) -> {
                  Instances found =
                      heads.forward(
                          f,
                          FeatureMaps.of("p3", v.get("p3")),
                          new Proposals(v.get("boxes"), v.get("logits")),
                          v.get("sizes"));
                  found.fields().forEach(v::put);
                  v.put("scores", found.scores());
                });
    assertThat(out.keySet())
        .containsExactlyInAnyOrder(
            "scores", Instances.PRED_MASKS, Instances.PRED_KEYPOINT_HEATMAPS, "speed");
    assertThat(out.get(Instances.PRED_MASKS).shape()).isEqualTo(new Shape(2, 6, 8, 8));
    assertThat(out.get(Instances.PRED_KEYPOINT_HEATMAPS).shape())
        .isEqualTo(new Shape(2, 6, 2, 16, 16));
    assertThat(out.get("speed").shape()).isEqualTo(new Shape(2, 6, 2));
    for (double p : out.get(Instances.PRED_MASKS).numbers()) {
      assertThat(p).isBetween(0.0, 1.0);
    }
    assertThat(heads.parameters().keySet())
        .contains(
            "mask_head.mask_fcn1.bias",
            "mask_head.deconv.weight",
            "mask_head.predictor.weight",
            "keypoint_head.conv_fcn1.weight",
            "keypoint_head.score_lowres.bias",
            "speed_head.fc.weight");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theMaskOfTheClassIsTaken(int masks) {
    MaskHead head = new MaskRcnnConvUpsampleHead(masks, List.of(4), Norm.NONE);
    float[] logits = random(1, 2 * masks * 4);
    var out =
        new TwoForms()
            .floats("logits", new Shape(2, masks, 2, 2), logits)
            .floats("classes", new Shape(2), 2, 1)
            .agree(
                1e-6,
                (f, v) ->
                    v.put(
                        "mask",
                        head.inference(
                            v.get("logits"), v.get("classes").toType(DataType.INT64, false))))
            .get("mask");
    assertThat(out.shape()).isEqualTo(new Shape(2, 2, 2));
    for (int i = 0; i < 8; i++) {
      int channel = masks == 1 ? 0 : i < 4 ? 2 : 1;
      double logit = logits[(i / 4 * masks + channel) * 4 + i % 4];
      assertThat(out.numbers()[i]).isCloseTo(1 / (1 + Math.exp(-logit)), within(1e-6));
    }
  }

  @Test
  void d2GosHeadsEnlargeInBothForms() {
    List<FbNetStep> steps =
        List.of(
            new FbNetStep("ir", 3, 6, 2, 2), new FbNetStep("ir", 3, 6, null, 2),
            new FbNetStep("ir", 3, 5, -2, 2), new FbNetStep("ir", 3, 5, -2, 1));
    FbNetV3RoiMaskHead mask = new FbNetV3RoiMaskHead(8, steps, 3, false);
    FbNetV3RoiKeypointHead keypoint =
        new FbNetV3RoiKeypointHead(8, steps, new FbNetStep("ir", 3, 17, -2, 3), true);
    var out =
        new TwoForms()
            .floats("pooled", new Shape(3, 8, 6, 6), random(7, 3 * 8 * 36))
            .parameters(mask, 1)
            .parameters(keypoint, 2)
            .agree(
                1e-5,
                (f, v) -> {
                  v.put("mask", mask.forward(f, v.get("pooled")));
                  v.put("keypoint", keypoint.forward(f, v.get("pooled")));
                });
    assertThat(out.get("mask").shape()).isEqualTo(new Shape(3, 3, 12, 12));
    assertThat(out.get("keypoint").shape()).isEqualTo(new Shape(3, 17, 24, 24));
    assertThat(mask.parameters()).hasSize(4 * 5 - 2 + 2);
    assertThat(keypoint.parameters().keySet())
        .contains("feature_extractor.0.fbnetv2_0_0.pw.conv.activation.range")
        .doesNotContain("predictor.kps_score_lowres.pwl.conv.bias");
  }

  private static void refused(Runnable build, String words) {
    assertThatThrownBy(build::run).isInstanceOf(ConfigException.class).hasMessageContaining(words);
  }

  @Test
  void whatDoesNotFitIsRefusedAtItsKey() {
    refused(
        () ->
            MaskRcnnConvUpsampleHead.fromConfig(
                new MaskRcnnConvUpsampleHead.Args(List.of(), null, null), BUILD),
        "roiHeads.convDims: expected at least one number");
    refused(
        () ->
            KrcnnConvDeconvUpsampleHead.fromConfig(
                new KrcnnConvDeconvUpsampleHead.Args(0, null), BUILD),
        "roiHeads.numKeypoints: expected 1 or more, found 0");
    RoiPooler.Args pool = new RoiPooler.Args(7, null, null, null, null);
    ComponentConfig<BoxHead> head = new ComponentConfig<>("H", Map.of(), "p");
    ComponentConfig<BoxPredictor> boxes = new ComponentConfig<>("P", Map.of(), "p");
    refused(
        () ->
            CascadeRoiHeads.fromConfig(
                new CascadeRoiHeads.Args(
                    List.of("p3"), pool, head, boxes, List.of(), null, null, null, null, null),
                BUILD),
        "roiHeads.stages: expected at least one");
    refused(
        () ->
            Res5RoiHeads.fromConfig(
                new Res5RoiHeads.Args(
                    List.of("p3"),
                    pool,
                    new Res5RoiHeads.Res5Args(18, null, 2, null, null, null, null),
                    boxes,
                    null,
                    null),
                BUILD),
        "roiHeads.res5: a ResNet-18 has neither groups");
    refused(
        () -> RoiBranch.optional(MaskHead.class, "mask", pool, null, BUILD, List.of(MAP)),
        "roiHeads.maskHead: expected maskPooler and maskHead or neither");
  }
}
