package dev.millrace.components.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.testing.Assets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What tests of segments and plans need: weights, batches, and ways to compare answers. */
final class Models {

  static final Target CPU = new Target(false, -1, false, 2);
  static final Set<String> INPUTS = Set.of(MetaArchitecture.PIXELS, MetaArchitecture.SIZES);

  private Models() {}

  /** Random values for every parameter; the shapes must be known. */
  static Weights random(MetaArchitecture model) {
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    model.parameters().forEach((name, p) -> values.put(p, RandomWeights.of(name, p, 42)));
    return new Weights(values);
  }

  /** D2Go's trained values. */
  static Weights trained(MetaArchitecture model) {
    Map<String, Parameter> parameters = model.parameters();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEach((name, p) -> shapes.put(name, p.getShape().getShape()));
    var report =
        CheckpointLoader.match(
            shapes,
            Checkpoints.read(Assets.path("models/faster_rcnn_fbnetv3a_C4_int8.pt")),
            List.of(),
            List.of(
                "pixel_mean", "pixel_std", "coco_idx", "proposal_generator.anchor_generator.**"),
            Set.of());
    report.orThrow("model.weights");
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    report.matched().forEach((name, tensor) -> values.put(parameters.get(name), tensor));
    return new Weights(values);
  }

  /** Tells every parameter its shape. */
  static Plan plan(MetaArchitecture model, int height, int width) {
    return Plan.of(model, false, height, width, LoadedModel.RESULTS);
  }

  /**
   * Random pictures in the upper left corner of a batch, zeros around them.
   *
   * @param seeds one a picture: the same seed and size is the same picture
   * @param sizes height and width of each
   */
  static Map<String, HostArray> batch(int height, int width, long[] seeds, int[][] sizes) {
    HostArray pixels = HostArray.zeros(DataType.UINT8, new Shape(seeds.length, 3, height, width));
    float[] real = new float[2 * seeds.length];
    for (int n = 0; n < seeds.length; n++) {
      real[2 * n] = sizes[n][0];
      real[2 * n + 1] = sizes[n][1];
      Random random = new Random(seeds[n]);
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < sizes[n][0]; y++) {
          byte[] row = new byte[sizes[n][1]];
          random.nextBytes(row);
          pixels.data().put(((n * 3 + c) * height + y) * width, row);
        }
      }
    }
    Map<String, HostArray> arrays = new LinkedHashMap<>();
    arrays.put(MetaArchitecture.PIXELS, pixels);
    arrays.put(MetaArchitecture.SIZES, HostArray.floats(real, new Shape(seeds.length, 2)));
    return arrays;
  }

  /** The rows of one image in a batched array of floats. */
  static float[] image(HostArray array, int n) {
    float[] all = array.floats();
    int each = all.length / Math.toIntExact(array.shape().get(0));
    return java.util.Arrays.copyOfRange(all, n * each, (n + 1) * each);
  }
}
