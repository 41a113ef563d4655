package dev.millrace.plugins.rcnnoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.engine.EngineConfig;
import dev.millrace.components.engine.LearningDetector;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.GeneralizedRcnn;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.backbone.ResNet;
import dev.millrace.components.modeling.postprocess.DetectionPostprocessor;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.BoxHead;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.RoiPooler;
import dev.millrace.components.modeling.roi.RoiTraining;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Shuffle;
import dev.millrace.components.training.Sgd;
import dev.millrace.components.training.TrainableModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small network with a loss of one's own: by a registered name, and by explicit argument. */
class TwoWaysTest {

  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;
  private static final int SIDE = 24;
  private static final List<String> MAPS = List.of("res3");

  /** Who puts the predictor into the heads. */
  private enum Way {
    /** Nobody: what ships. */
    AS_IT_SHIPS,
    BY_NAME,
    BY_ARGUMENT;

    ComponentConfig<RoiHeads> heads() {
      RoiPooler.Args pooler = new RoiPooler.Args(3, null, 1, null, null);
      ComponentConfig<BoxHead> head =
          config("FastRcnnConvFcHead", new FastRcnnConvFcHead.Args(null, List.of(16), null));
      RoiTraining.Args training = new RoiTraining.Args(16, null, null, null);
      return switch (this) {
        case AS_IT_SHIPS ->
            config(
                "StandardRoiHeads",
                new StandardRoiHeads.Args(
                    MAPS,
                    pooler,
                    head,
                    config(
                        "FastRcnnOutputLayers",
                        new FastRcnnOutputLayers.Args(null, null, null, null, null, null, null)),
                    null,
                    null,
                    null,
                    null,
                    training));
        case BY_NAME ->
            config(
                "StandardRoiHeads",
                new StandardRoiHeads.Args(
                    MAPS,
                    pooler,
                    head,
                    config("MyRcnnOutput", new MyRcnnOutput.Args(null)),
                    null,
                    null,
                    null,
                    null,
                    training));
        case BY_ARGUMENT ->
            config("MyStandardRoiHeads", new MyStandardRoiHeads.Args(MAPS, pooler, head, training));
      };
    }
  }

  /** A component that is given its arguments as they are. */
  private static <T> ComponentConfig<T> config(String name, Record arguments) {
    return new ComponentConfig<>(name, Map.of("arguments", arguments), name);
  }

  private static final ArgumentBinder AS_THEY_ARE =
      new ArgumentBinder() {
        @Override
        public <A extends Record> A bind(ComponentConfig<?> config, Class<A> arguments) {
          return arguments.cast(config.arguments().get("arguments"));
        }
      };

  private static LearningDetector learner(Way way) {
    ModelConfig model =
        new ModelConfig(
            config("ResizeShortestEdge", new ResizeShortestEdge.Args(HEIGHT, WIDTH)),
            config(
                "GeneralizedRcnn",
                new GeneralizedRcnn.Args(
                    config("ResNet", new ResNet.Args(18, 8, 8, null, null, null, null, "BN", MAPS)),
                    config(
                        "Rpn",
                        new Rpn.Args(
                            MAPS,
                            config(
                                "DefaultAnchorGenerator",
                                new DefaultAnchorGenerator.Args(
                                    List.of(List.of(12.0, 24.0)), List.of(List.of(1.0)), null)),
                            config("StandardRpnHead", new StandardRpnHead.Args(null)),
                            null,
                            100,
                            null,
                            null,
                            null,
                            null)),
                    way.heads(),
                    null,
                    null)),
            config(
                "DetectionPostprocessor", new DetectionPostprocessor.Args(null, null, null, null)),
            List.of(new ModelConfig.ObjectClass("box", 1), new ModelConfig.ObjectClass("none", 2)),
            new WeightsConfig(null, null, null, List.of("**"), null, 3L, null));
    return LearningDetector.of(
        model,
        LearningDetector.configured(model, weights -> Optional.empty()),
        name -> false,
        "cpu",
        StandardComponents.registries().plugins(TwoWaysTest.class.getClassLoader()),
        AS_THEY_ARE);
  }

  /** Two bright squares on grey noise. */
  private static Frame picture() {
    byte[] bgr = new byte[3 * WIDTH * HEIGHT];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < bgr.length; i++) {
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH;
      boolean bright = inSquare(x, y, 8, 8) || inSquare(x, y, 56, 32);
      bgr[i] = (byte) (random.nextInt(40) + (bright ? 200 : 80));
    }
    return new Frame(WIDTH, HEIGHT, bgr);
  }

  private static boolean inSquare(int x, int y, int left, int top) {
    return x >= left && x < left + SIDE && y >= top && y < top + SIDE;
  }

  private static final GroundTruth TRUTH =
      new GroundTruth(
          new float[] {8, 8, 8 + SIDE, 8 + SIDE, 56, 32, 56 + SIDE, 32 + SIDE}, new int[] {0, 0});

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AS_IT_SHIPS")
  void itsLossFalls(Way way) {
    try (LearningDetector learner = learner(way)) {
      ImageBatch batch = learner.batch(List.of(learner.preprocessor().preprocess(picture())));
      Sgd sgd = new Sgd(learner.network(), 0.9, name -> 0);
      float first = loss(learner, batch, sgd);
      for (int step = 1; step < 20; step++) {
        loss(learner, batch, sgd);
      }
      assertThat(loss(learner, batch, sgd)).isPositive().isLessThan(first / 2);
    }
  }

  /** That of the classes, before a step; the same samples each time. */
  private static float loss(LearningDetector learner, ImageBatch batch, Sgd sgd) {
    try (TrainableModel.Gradients found =
        learner.network().gradients(batch, List.of(TRUTH), Shuffle.of(new SplittableRandom(5)))) {
      assertThat(found.losses().keySet())
          .containsExactlyInAnyOrder(
              "loss_rpn_cls", "loss_rpn_loc", "loss_cls_focal", "loss_box_reg");
      assertThat(found.losses().values()).allMatch(Float::isFinite);
      assertThat(found.gradients())
          .containsKey("roi_heads.box_predictor.cls_score.weight")
          .allSatisfy(
              (name, gradient) -> assertThat(gradient.isNaN().any().getBoolean()).isFalse());
      sgd.step(found.gradients(), 0.02);
      return found.losses().getOrDefault("loss_cls_focal", Float.NaN);
    }
  }

  private static List<Detection> detections(Way way, String mode) {
    try (LearningDetector learner = learner(way);
        Detector detector = learner.detectors(new EngineConfig(mode, "cpu", null, 1), 1).get(0)) {
      return detector.detect(List.of(picture())).get(0).objects();
    }
  }

  /** Another loss is no other network: both serve as what they extend does. */
  @ParameterizedTest
  @ValueSource(strings = {"eager", "compiled"})
  void itServesAsWhatItExtends(String mode) {
    List<Detection> shipped = detections(Way.AS_IT_SHIPS, mode);
    assertThat(shipped).hasSize(100); // as many as a predictor gives
    assertThat(detections(Way.BY_NAME, mode)).isEqualTo(shipped);
    assertThat(detections(Way.BY_ARGUMENT, mode)).isEqualTo(shipped);
  }

  @Test
  void eagerAndCompiledAgree() {
    List<Detection> eager = detections(Way.BY_ARGUMENT, "eager");
    List<Detection> compiled = detections(Way.BY_ARGUMENT, "compiled");
    assertThat(compiled).hasSameSizeAs(eager);
    for (int i = 0; i < eager.size(); i++) {
      assertThat(compiled.get(i).score()).isCloseTo(eager.get(i).score(), within(1e-4f));
    }
  }
}
