package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.proposal.RpnHead;
import dev.millrace.components.modeling.roi.BoxPredictor;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.testing.Detectron2;
import dev.millrace.components.training.TrainableModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Eager forward methods stay on PyTorch's arrays, so that training can go back through them. */
class GradientTest {

  /** Arrays that want gradients. */
  private static final class Trained extends ParameterStore {
    private final Map<Parameter, NDArray> arrays = new LinkedHashMap<>();

    Trained(NDManager manager, Detectron2 d2) {
      super(manager, false);
      d2.model
          .parameters()
          .forEach(
              (name, p) -> {
                NDArray array = manager.create(RandomWeights.of(name, p, 7).floats(), p.getShape());
                array.setRequiresGradient(!name.contains(".norm."));
                arrays.put(p, array);
              });
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
      return arrays.get(parameter);
    }
  }

  /** Some number that all outputs go into. */
  private static NDArray loss(Detectron2 d2, Forward f, NDArray image, Proposals proposals) {
    FeatureMaps maps = d2.backbone.forward(f, image);
    NDArray sum = f.manager().create(0f);
    for (String level : d2.rpnFeatures) {
      RpnHead.Prediction p = d2.rpnHead.forward(f, maps.get(level));
      sum = sum.add(p.objectnessLogits().mean()).add(p.anchorDeltas().square().mean());
    }
    List<NDArray> pooled = new ArrayList<>();
    d2.roiFeatures.forEach(level -> pooled.add(maps.get(level)));
    BoxPredictor.Predictions p =
        d2.boxes
            .get(0)
            .predictor()
            .forward(
                f,
                d2.boxes
                    .get(0)
                    .head()
                    .orElseThrow()
                    .forward(f, d2.pooler.forward(pooled, proposals.boxes())));
    return sum.add(p.scores().logSoftmax(-1).mean()).add(p.deltas().square().mean());
  }

  @Test
  void everyConvolutionAndLayerGetsItsGradient() {
    Detectron2 d2 = Detectron2.of("01_faster_rcnn_R_18_FPN");
    Models.plan(d2.model, 64, 64);
    Random random = new Random(2);
    float[] pixels = new float[3 * 64 * 64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat() - 0.5f;
    }
    try (NDManager manager = Engines.pyTorch().newBaseManager(Device.cpu())) {
      Trained trained = new Trained(manager, d2);
      Forward f = new Forward(manager, trained, parameter -> true);
      NDArray image = manager.create(pixels, new Shape(1, 3, 64, 64));
      NDArray boxes =
          manager.create(
              new float[] {3, 4, 30, 40, 1, 1, 60, 62, 0, 0, 300, 300, 0, 0, 700, 700},
              new Shape(1, 4, 4));
      Proposals proposals = new Proposals(boxes, manager.zeros(new Shape(1, 4), DataType.FLOAT32));
      try (GradientCollector collector = Engines.pyTorch().newGradientCollector()) {
        collector.backward(loss(d2, f, image, proposals));
      }
      d2.model
          .parameters()
          .forEach(
              (name, p) -> {
                NDArray array = trained.getValue(p, Device.cpu(), true);
                assertThat(array.hasGradient()).as(name).isEqualTo(!name.contains(".norm."));
                if (array.hasGradient()) {
                  assertThat(array.getGradient().norm().getFloat()).as(name).isPositive();
                }
              });

      // The mean logit of five levels moves by five times what its bias moves by.
      NDArray bias =
          trained.getValue(
              d2.model.parameters().get("proposal_generator.rpn_head.objectness_logits.bias"),
              Device.cpu(),
              true);
      assertThat(bias.getGradient().sum().getFloat()).isCloseTo(5f, within(1e-4f));

      // A weight at the bottom, against the difference that moving it makes.
      NDArray weight =
          trained.getValue(
              d2.model.parameters().get("backbone.bottom_up.res3.0.conv1.weight"),
              Device.cpu(),
              true);
      float gradient = weight.getGradient().norm().getFloat();
      NDArray step = weight.getGradient().div(gradient).mul(1e-2f).duplicate();
      weight.setRequiresGradient(false);
      weight.addi(step);
      float up = loss(d2, f, image, proposals).getFloat();
      weight.subi(step.mul(2f));
      float down = loss(d2, f, image, proposals).getFloat();
      assertThat((up - down) / 2e-2f).isCloseTo(gradient, within(0.05f * gradient));
    }
  }

  /** Where there is one level nothing is joined: what is joined of one part must not be a copy. */
  @Test
  void everyPartOfANetworkOfOneLevelGetsItsGradient() {
    D2Go d2go = new D2Go(30);
    Models.plan(d2go.model, 96, 128);
    Map<String, Tensor> values = new LinkedHashMap<>();
    d2go.model.parameters().forEach((name, p) -> values.put(name, RandomWeights.of(name, p, 7)));
    byte[] pixels = new byte[3 * 96 * 128];
    new Random(2).nextBytes(pixels);
    int[] size = {96, 128};
    ImageBatch batch = new ImageBatch(1, 96, 128, ByteBuffer.wrap(pixels), size, size);
    GroundTruth truth = new GroundTruth(new float[] {20, 20, 70, 80}, new int[] {3});
    try (TrainableModel model =
            new TrainableModel(d2go.model, values, name -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found =
            model.gradients(batch, List.of(truth), n -> IntStream.range(0, n).toArray())) {
      assertThat(found.gradients().keySet()).isEqualTo(d2go.model.parameters().keySet());
      assertThat(found.unreached()).isEmpty();
    }
  }
}
