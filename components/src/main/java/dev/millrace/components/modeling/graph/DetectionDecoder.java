package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.trace.OnnxFile;
import java.util.Map;

/**
 * From what a detector's graph gives to detections. It is traced behind the graph, into the same
 * segment. Keeps no state.
 */
public interface DetectionDecoder {

  /** Which images a shape is asked for. */
  record Images(long count, long height, long width) {}

  /**
   * What it reads: names of the graph's values, and their shapes.
   *
   * @param outputs what the file says of its outputs
   * @throws IllegalArgumentException if it cannot read these, in words for a person
   */
  Map<String, Shape> reads(Map<String, OnnxFile.Port> outputs, Images images);

  /**
   * @param read what {@link #reads} named
   * @param images as the graph saw them
   * @return boxes in pixels of these images
   */
  Instances decode(Forward f, Map<String, NDArray> read, Images images, Selection selection);
}
