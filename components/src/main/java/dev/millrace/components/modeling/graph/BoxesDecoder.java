package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.trace.OnnxFile;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For a graph that has decoded and suppressed already: boxes (N, D, 4) as x1, y1, x2, y2 in pixels
 * of its input, scores (N, D) and class indices (N, D).
 */
public final class BoxesDecoder implements DetectionDecoder {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("The output (N, D, 4), default boxes") @Nullable String boxes,
      @JsonPropertyDescription("The output (N, D), default scores") @Nullable String scores,
      @JsonPropertyDescription("The output (N, D), default classes") @Nullable String classes,
      @JsonPropertyDescription("D; default what the file says of its output")
          @Nullable Integer rows) {}

  private final String boxes;
  private final String scores;
  private final String classes;
  private final int rows;

  /**
   * @param rows D, or 0 to ask the file
   */
  public BoxesDecoder(String boxes, String scores, String classes, int rows) {
    this.boxes = boxes;
    this.scores = scores;
    this.classes = classes;
    this.rows = rows;
  }

  public static BoxesDecoder fromConfig(Args args, Build build) {
    int rows = args.rows() == null ? 0 : args.rows();
    if (args.rows() != null && rows < 1) {
      throw build.mistake("rows", "expected 1 or more, found " + rows + ".", "Leave it out.");
    }
    return new BoxesDecoder(
        args.boxes() == null ? "boxes" : args.boxes(),
        args.scores() == null ? "scores" : args.scores(),
        args.classes() == null ? "classes" : args.classes(),
        rows);
  }

  @Override
  public Map<String, Shape> reads(Map<String, OnnxFile.Port> outputs, Images images) {
    OnnxFile.Port port = outputs.get(boxes);
    long count = rows > 0 ? rows : port == null ? -1 : port.dim(1);
    if (count < 1) {
      throw new IllegalArgumentException(
          "the file does not fix how many rows its output '"
              + boxes
              + "' has: say it in decoder.rows");
    }
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put(boxes, new Shape(images.count(), count, 4));
    shapes.put(scores, new Shape(images.count(), count));
    shapes.put(classes, new Shape(images.count(), count));
    return shapes;
  }

  @Override
  public Instances decode(
      Forward f, Map<String, NDArray> read, Images images, Selection selection) {
    return selection.best(
        of(read, boxes).toType(DataType.FLOAT32, false),
        of(read, scores).toType(DataType.FLOAT32, false),
        of(read, classes).toType(DataType.INT64, false));
  }

  private static NDArray of(Map<String, NDArray> read, String name) {
    NDArray array = read.get(name);
    if (array == null) {
      throw new IllegalStateException("the graph gave no " + name);
    }
    return array;
  }
}
