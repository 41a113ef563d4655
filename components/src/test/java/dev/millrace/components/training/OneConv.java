package dev.millrace.components.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.engine.TwoForms;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.NormConv;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Supervision;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The smallest network that learns: a 1 x 1 convolution of two filters, with a normalisation or
 * none, whose loss is the mean square of what it gives less one.
 */
final class OneConv extends MetaArchitecture {

  private static final int SIDE = 3;
  private static final int PIXEL_COUNT = 3 * SIDE * SIDE;

  private final NormConv conv;

  OneConv(Norm norm) {
    conv = add("conv", new NormConv(2, 1, 1, 1, 1, true, norm));
    Shape shape = new Shape(1, 3, SIDE, SIDE);
    new TwoForms()
        .bytes(PIXELS, DataType.UINT8, shape, new byte[PIXEL_COUNT])
        .trace((f, values) -> values.put("y", forward(f, values.get(PIXELS))));
  }

  private NDArray forward(Forward f, NDArray pixels) {
    return conv.forward(f, pixels.toType(DataType.FLOAT32, false).div(255f));
  }

  @Override
  public List<Stage> stages() {
    throw new UnsupportedOperationException("it is trained only");
  }

  @Override
  public void train(Forward f, NDArray pixels, NDArray sizes, Supervision supervision) {
    NDArray error = forward(f, pixels).sub(1f);
    supervision.loss("loss", error.mul(error).mean());
  }

  @Override
  public int sizeDivisibility() {
    return 1;
  }

  /** With values that are the same at every call. */
  TrainableModel trainable(Predicate<String> frozen) {
    return trainable(initial(), frozen);
  }

  TrainableModel trainable(Map<String, Tensor> initial, Predicate<String> frozen) {
    return new TrainableModel(this, initial, frozen, Engine.getEngine("PyTorch"), Device.cpu());
  }

  Map<String, Tensor> initial() {
    Random random = new Random(3);
    Map<String, Tensor> initial = new LinkedHashMap<>();
    parameters()
        .forEach(
            (name, parameter) -> {
              float[] values = new float[Math.toIntExact(parameter.getShape().size())];
              for (int i = 0; i < values.length; i++) {
                values[i] = 0.5f + random.nextFloat();
              }
              initial.put(name, Tensor.of(values, parameter.getShape().getShape()));
            });
    return initial;
  }

  /** The pixels of one picture, 3 channels of {@code SIDE * SIDE}, 0 to 255. */
  static byte[] pixels(long seed) {
    byte[] pixels = new byte[PIXEL_COUNT];
    new Random(seed).nextBytes(pixels);
    return pixels;
  }

  /** Of one such picture. */
  static TrainableModel.Gradients gradients(TrainableModel model, long seed) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(PIXEL_COUNT).put(pixels(seed)).flip();
    int[] size = {SIDE, SIDE};
    return model.gradients(
        new ImageBatch(1, SIDE, SIDE, pixels, size, size),
        List.of(new GroundTruth(new float[0], new int[0])),
        n -> new int[n]);
  }
}
