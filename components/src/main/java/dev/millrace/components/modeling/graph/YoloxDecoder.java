package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.trace.OnnxFile;
import dev.millrace.components.trace.VisionOps;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * YOLOX (Ge et al., 2021) as its exporter leaves it: for each cell of each level (offset x, offset
 * y, log width, log height) in cells, objectness, and a score for each class, the last two as
 * probabilities. A cell has one class, its best.
 */
public final class YoloxDecoder implements DetectionDecoder {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Strides of the levels, in the order of their rows; default [8, 16, 32]")
          @Nullable List<Integer> strides,
      @JsonPropertyDescription("The graph's output; default its only one")
          @Nullable String output) {}

  private final int classes;
  private final int[] strides;
  private final @Nullable String output;

  /**
   * @param classes K
   * @param strides of the levels
   * @param output the graph's name of it; null: the only one
   */
  public YoloxDecoder(int classes, int[] strides, @Nullable String output) {
    this.classes = classes;
    this.strides = strides.clone();
    this.output = output;
  }

  public static YoloxDecoder fromConfig(Args args, Build build) {
    List<Integer> strides = args.strides() == null ? List.of(8, 16, 32) : args.strides();
    if (strides.isEmpty() || strides.stream().anyMatch(s -> s < 1)) {
      throw build.mistake(
          "strides",
          "expected numbers of pixels, found " + strides + ".",
          "Leave it out for 8, 16, 32.");
    }
    return new YoloxDecoder(
        build.classNames().size(),
        strides.stream().mapToInt(Integer::intValue).toArray(),
        args.output());
  }

  @Override
  public Map<String, Shape> reads(Map<String, OnnxFile.Port> outputs, Images images) {
    if (output == null && outputs.size() != 1) {
      throw new IllegalArgumentException(
          "expected a graph with one output, found "
              + String.join(", ", outputs.keySet())
              + ": say which one in decoder.output");
    }
    String name = output == null ? outputs.keySet().iterator().next() : output;
    OnnxFile.Port port = outputs.get(name);
    long rows = 0;
    for (int stride : strides) {
      rows += images.height() / stride * (images.width() / stride);
    }
    if (port != null && port.dim(2) > 0 && port.dim(2) != 5 + classes) {
      throw new IllegalArgumentException(
          "the output '"
              + name
              + "' has "
              + port.dim(2)
              + " columns, expected 5 + "
              + classes
              + " for the model's classes: correct model.classes");
    }
    return Map.of(name, new Shape(images.count(), rows, 5 + classes));
  }

  @Override
  public Instances decode(
      Forward f, Map<String, NDArray> read, Images images, Selection selection) {
    NDArray x = read.values().iterator().next();
    long n = images.count();
    long rows = x.getShape().get(1);
    NDManager manager = x.getManager();
    float[][] grid = grid(images, Math.toIntExact(rows));
    NDArray cell = manager.create(grid[0], new Shape(1, rows, 2));
    NDArray stride = manager.create(grid[1], new Shape(1, rows, 1));
    NDArray centre = x.get(":, :, 0:2").add(cell).mul(stride);
    NDArray half = Scalars.times(x.get(":, :, 2:4").exp().mul(stride), 0.5);
    NDArray boxes = NDArrays.concat(new NDList(centre.sub(half), centre.add(half)), 2);
    VisionOps.TopK best = VisionOps.topK(x.get(":, :, 5:").reshape(n * rows, classes), 1);
    NDArray scores = best.values().reshape(n, rows).mul(x.get(":, :, 4:5").reshape(n, rows));
    return selection.suppressed(boxes, scores, best.indices().reshape(n, rows), classes);
  }

  /** Column and row of every cell, and its stride. */
  private float[][] grid(Images images, int rows) {
    float[] cells = new float[2 * rows];
    float[] spans = new float[rows];
    int i = 0;
    for (int stride : strides) {
      for (int y = 0; y < images.height() / stride; y++) {
        for (int x = 0; x < images.width() / stride; x++) {
          cells[2 * i] = x;
          cells[2 * i + 1] = y;
          spans[i++] = stride;
        }
      }
    }
    return new float[][] {cells, spans};
  }
}
