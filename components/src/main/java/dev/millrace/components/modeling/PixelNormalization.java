package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.Build;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every network begins with: Detectron2's {@code preprocess_image}, and {@code ImageList}'s
 * padding.
 */
public final class PixelNormalization {

  private final float[] mean;
  private final float[] std;

  /**
   * @param mean of blue, green, red, in levels 0 to 255
   * @param std divides what is left
   */
  public PixelNormalization(float[] mean, float[] std) {
    this.mean = mean.clone();
    this.std = std.clone();
  }

  /**
   * @param mean what the configuration says under {@code pixelMean}; null: Detectron2's
   * @param std what it says under {@code pixelStd}; null: 1
   */
  public static PixelNormalization of(
      Build build, @Nullable List<Double> mean, @Nullable List<Double> std) {
    return new PixelNormalization(
        channels(build, "pixelMean", mean, List.of(103.53, 116.28, 123.675)),
        channels(build, "pixelStd", std, List.of(1.0, 1.0, 1.0)));
  }

  private static float[] channels(
      Build build, String key, @Nullable List<Double> given, List<Double> standard) {
    List<Double> values = given == null ? standard : given;
    if (values.size() != 3 || (key.equals("pixelStd") && values.stream().anyMatch(v -> v <= 0))) {
      throw build.mistake(
          key,
          "expected three numbers (a divisor above 0), found " + values + ".",
          "Give blue, green, red.");
    }
    return new float[] {
      values.get(0).floatValue(), values.get(1).floatValue(), values.get(2).floatValue()
    };
  }

  /**
   * Subtracts the mean, divides, and makes the padding zero.
   *
   * @param pixels (N, 3, H, W) uint8
   * @param sizes (N, 2) float32: height and width without padding
   * @return (N, 3, H, W) float32
   */
  public NDArray forward(Forward f, NDArray pixels, NDArray sizes) {
    NDManager manager = f.manager();
    NDArray image =
        pixels
            .toType(DataType.FLOAT32, false)
            .sub(manager.create(mean, new Shape(1, 3, 1, 1)))
            .div(manager.create(std, new Shape(1, 3, 1, 1)));
    return image.mul(inside(manager, image.getShape(), sizes));
  }

  /**
   * Where images are, and where padding.
   *
   * @param padded (N, C, H, W)
   * @param sizes (N, 2) float32: height and width without padding
   * @return (N, 1, H, W) float32: 1 inside, else 0
   */
  public static NDArray inside(NDManager manager, Shape padded, NDArray sizes) {
    long height = padded.get(2);
    long width = padded.get(3);
    NDArray rows = manager.arange(0f, height, 1f, DataType.FLOAT32).reshape(1, 1, height, 1);
    NDArray columns = manager.arange(0f, width, 1f, DataType.FLOAT32).reshape(1, 1, 1, width);
    return rows.lt(sizes.get(":, 0:1").reshape(-1, 1, 1, 1))
        .toType(DataType.FLOAT32, false)
        .mul(columns.lt(sizes.get(":, 1:2").reshape(-1, 1, 1, 1)).toType(DataType.FLOAT32, false));
  }
}
