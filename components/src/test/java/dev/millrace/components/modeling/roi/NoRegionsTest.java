package dev.millrace.components.modeling.roi;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.backbone.FbNetStep;
import dev.millrace.components.modeling.backbone.ResNetShape;
import dev.millrace.components.modeling.backbone.ResNetStage;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Supervision;
import dev.millrace.components.training.TrainableModel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A training step of heads over no regions, as a batch without an object gives it. */
class NoRegionsTest {

  private static final int CHANNELS = 32;
  private static final int SIDE = 7;
  private static final RoiSamples NONE = new RoiSamples(1, new float[0], new int[0], new float[0]);

  /** Heads by themselves, over {@code regions} regions of zeros. */
  private abstract static class Heads extends MetaArchitecture {

    /** Each head's losses, by whatever names. */
    abstract Map<String, NDArray> losses(Forward f, NDArray pooled);

    /** What {@link #losses} reads, for any number of regions. */
    abstract void forward(Forward f, NDArray pooled);

    private Heads traced() {
      new TwoForms()
          .floats("pooled", new Shape(1, CHANNELS, SIDE, SIDE), new float[CHANNELS * SIDE * SIDE])
          .trace((f, values) -> forward(f, values.get("pooled")));
      return this;
    }

    @Override
    public final void train(Forward f, NDArray pixels, NDArray sizes, Supervision supervision) {
      losses(f, f.manager().zeros(new Shape(0, CHANNELS, SIDE, SIDE))).forEach(supervision::loss);
    }

    @Override
    public final List<Stage> stages() {
      throw new UnsupportedOperationException("they are trained only");
    }

    @Override
    public final int sizeDivisibility() {
      return 1;
    }
  }

  private static final class Masks extends Heads {
    private final MaskHead head;

    Masks(MaskHead head) {
      this.head = add("head", head);
    }

    @Override
    void forward(Forward f, NDArray pooled) {
      head.forward(f, pooled);
    }

    @Override
    Map<String, NDArray> losses(Forward f, NDArray pooled) {
      return head.losses(head.forward(f, pooled), NONE, List.of());
    }
  }

  private static final class Keypoints extends Heads {
    private final KeypointHead head;

    Keypoints(KeypointHead head) {
      this.head = add("head", head);
    }

    @Override
    void forward(Forward f, NDArray pooled) {
      head.forward(f, pooled);
    }

    @Override
    Map<String, NDArray> losses(Forward f, NDArray pooled) {
      return head.losses(head.forward(f, pooled), NONE, List.of());
    }
  }

  private static final class Boxes extends Heads {
    private final BoxHead head;
    private final FastRcnnOutputLayers predictor = add("predictor", predictor());

    Boxes(BoxHead head) {
      this.head = add("head", head);
    }

    private BoxPredictor.Predictions predict(Forward f, NDArray pooled) {
      return predictor.forward(f, head.forward(f, pooled));
    }

    @Override
    void forward(Forward f, NDArray pooled) {
      predict(f, pooled);
    }

    @Override
    Map<String, NDArray> losses(Forward f, NDArray pooled) {
      return predictor.losses(predict(f, pooled), NONE);
    }
  }

  /** What {@link Res5RoiHeads} does with a region. */
  private static final class Res5 extends Heads {
    private final ResNetStage res5;
    private final MaskHead mask =
        add("mask", new MaskRcnnConvUpsampleHead(3, List.of(CHANNELS, CHANNELS), Norm.GN));

    Res5(Norm norm) {
      res5 =
          add(
              "res5",
              new ResNetStage(
                  new ResNetShape(50, CHANNELS, CHANNELS, 1, CHANNELS, true, 1, norm),
                  5,
                  CHANNELS));
    }

    @Override
    void forward(Forward f, NDArray pooled) {
      mask.forward(f, res5.forward(f, pooled));
    }

    @Override
    Map<String, NDArray> losses(Forward f, NDArray pooled) {
      return mask.losses(mask.forward(f, res5.forward(f, pooled)), NONE, List.of());
    }
  }

  private static FastRcnnOutputLayers predictor() {
    return new FastRcnnOutputLayers(
        3, false, new BoxTransform(10, 10, 5, 5), 0.05f, 0.5f, 100, BoxLoss.STANDARD);
  }

  private static void teachesNothing(Heads heads) {
    heads.traced();
    Map<String, Tensor> initial = new LinkedHashMap<>();
    heads
        .parameters()
        .forEach(
            (name, parameter) -> {
              float[] values = new float[Math.toIntExact(parameter.getShape().size())];
              Arrays.fill(values, 0.5f);
              initial.put(name, Tensor.of(values, parameter.getShape().getShape()));
            });
    int[] size = {1, 1};
    ImageBatch batch = new ImageBatch(1, 1, 1, ByteBuffer.allocateDirect(3), size, size);
    try (TrainableModel model =
            new TrainableModel(
                heads, initial, name -> false, Engine.getEngine("PyTorch"), Device.cpu());
        TrainableModel.Gradients found =
            model.gradients(
                batch, List.of(new GroundTruth(new float[0], new int[0])), n -> new int[n])) {
      assertThat(found.losses().values()).isNotEmpty().allMatch(loss -> loss == 0);
      assertThat(found.gradients()).hasSize(heads.learning().size());
      assertThat(found.unreached()).containsExactlyElementsOf(found.gradients().keySet());
      model
          .values()
          .forEach((name, now) -> assertThat(now.data()).isEqualTo(initial.get(name).data()));
    }
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void masks(Norm norm) {
    teachesNothing(
        new Masks(new MaskRcnnConvUpsampleHead(3, List.of(CHANNELS, CHANNELS, CHANNELS), norm)));
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void boxes(Norm norm) {
    ShapeSpec pooled = ShapeSpec.pooled(CHANNELS, SIDE, SIDE);
    teachesNothing(
        new Boxes(new FastRcnnConvFcHead(pooled, List.of(CHANNELS), List.of(8, 8), norm)));
    teachesNothing(new Boxes(new FastRcnnConvFcHead(pooled, List.of(CHANNELS), List.of(), norm)));
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void res5(Norm norm) {
    teachesNothing(new Res5(norm));
  }

  private enum Other {
    KEYPOINTS {
      @Override
      Heads heads() {
        return new Keypoints(new KrcnnConvDeconvUpsampleHead(2, List.of(8, 8)));
      }
    },
    FBNET_BOXES {
      @Override
      Heads heads() {
        return new Boxes(new FbNetV3RoiBoxHead(CHANNELS, STEPS, true));
      }
    },
    FBNET_MASKS {
      @Override
      Heads heads() {
        return new Masks(new FbNetV3RoiMaskHead(CHANNELS, STEPS, 3, true));
      }
    },
    FBNET_KEYPOINTS {
      @Override
      Heads heads() {
        return new Keypoints(
            new FbNetV3RoiKeypointHead(CHANNELS, STEPS, new FbNetStep("ir", 3, 2, -2, 2), true));
      }
    };

    private static final List<FbNetStep> STEPS =
        List.of(new FbNetStep("ir", 3, 8, 2, 2), new FbNetStep("ir", 3, 8, -2, 2));

    abstract Heads heads();
  }

  @ParameterizedTest
  @EnumSource(Other.class)
  void others(Other other) {
    teachesNothing(other.heads());
  }
}
