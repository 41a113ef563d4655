package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The traced forms of {@link VisionOps}. Arrays whose length depends on data live in here only. */
final class TracedVision {

  /**
   * What stands for minus infinity while TopK sorts. ONNX Runtime's CUDA kernels fill up what they
   * sort with the lowest finite number: what is below it, or is it, loses its place to rows that
   * are not there and whose indices are noise.
   */
  private static final float LEAST = -3e38f;

  private TracedVision() {}

  static VisionOps.TopK topK(TraceNDArray scores, int k) {
    Trace trace = scores.owner();
    Shape shape = Shapes.with(scores.getShape(), scores.getShape().dimension() - 1, k);
    int[] outs =
        trace.nodes(
            "TopK",
            List.of(trace.own(scores.maximum(LEAST)), trace.constant(k)),
            2,
            Map.of("axis", -1L, "largest", 1L, "sorted", 1L));
    NDArray values = new TraceNDArray(trace, outs[0], shape, scores.getDataType());
    return new VisionOps.TopK(
        NDArrays.where(
            values.gt(LEAST), values, scores.getManager().create(Float.NEGATIVE_INFINITY)),
        new TraceNDArray(trace, outs[1], shape, DataType.INT64));
  }

  static NDArray nms(
      TraceNDArray boxes, NDArray scores, float iouThreshold, float scoreThreshold, int most) {
    Trace trace = boxes.owner();
    TraceNDArray of = trace.own(scores);
    // Minus infinity must stay out also where no threshold was asked for.
    float above = Math.max(scoreThreshold, -Float.MAX_VALUE);
    TraceNDArray selected =
        trace.node(
            "NonMaxSuppression",
            List.of(
                boxes, of, trace.constant(most), number(trace, iouThreshold), number(trace, above)),
            new Shape(0, 3),
            DataType.INT64,
            Map.of());
    TraceNDArray count =
        trace.node(
            "Slice",
            List.of(
                trace.node("Shape", List.of(selected), new Shape(2), DataType.INT64, Map.of()),
                trace.constant(0L),
                trace.constant(1L)),
            new Shape(1),
            DataType.INT64,
            Map.of());
    TraceNDArray kept =
        trace.node(
            "ScatterND",
            List.of(
                filled(trace, trace.constant(of.getShape().getShape()), of.getShape(), 0),
                selected,
                trace.node(
                    "Expand",
                    List.of(number(trace, 1), count),
                    new Shape(0),
                    DataType.FLOAT32,
                    Map.of())),
            of.getShape(),
            DataType.FLOAT32,
            Map.of());
    return kept.gt(0.5f);
  }

  static NDArray roiAlign(
      List<NDArray> features,
      List<Float> scales,
      TraceNDArray boxes,
      NDArray levels,
      VisionOps.RoiAlign how) {
    Trace trace = boxes.owner();
    long images = boxes.getShape().get(0);
    long each = boxes.getShape().get(1);
    int rois = Math.toIntExact(images * each);
    long[] image = new long[rois];
    for (int i = 0; i < rois; i++) {
      image[i] = i / each;
    }
    TraceNDArray flat = (TraceNDArray) boxes.reshape(new Shape(rois, 4));
    TraceNDArray batch = trace.constant(image);
    long channels = features.get(0).getShape().get(1);
    Shape result = new Shape(rois, channels, how.height(), how.width());
    if (features.size() == 1) {
      return align(trace.own(features.get(0)), flat, batch, scales.get(0), how, result);
    }
    TraceNDArray level = trace.own(levels.reshape(new Shape(rois)));
    List<TraceNDArray> pooled = new ArrayList<>();
    List<TraceNDArray> places = new ArrayList<>();
    for (int l = 0; l < features.size(); l++) {
      TraceNDArray here = (TraceNDArray) level.eq(l);
      TraceNDArray place =
          trace.node(
              "Transpose",
              List.of(
                  trace.node("NonZero", List.of(here), new Shape(1, 0), DataType.INT64, Map.of())),
              new Shape(0, 1),
              DataType.INT64,
              Map.of("perm", Shapes.longs(1, 0)));
      TraceNDArray some =
          trace.node("GatherND", List.of(flat, place), new Shape(0, 4), DataType.FLOAT32, Map.of());
      TraceNDArray of =
          trace.node("GatherND", List.of(batch, place), new Shape(0), DataType.INT64, Map.of());
      pooled.add(
          align(
              trace.own(features.get(l)),
              some,
              of,
              scales.get(l),
              how,
              new Shape(0, channels, how.height(), how.width())));
      places.add(place);
    }
    return trace.node(
        "ScatterND",
        List.of(
            filled(trace, trace.constant(result.getShape()), result, 0),
            trace.node("Concat", places, new Shape(rois, 1), DataType.INT64, Map.of("axis", 0L)),
            trace.node("Concat", pooled, result, DataType.FLOAT32, Map.of("axis", 0L))),
        result,
        DataType.FLOAT32,
        Map.of());
  }

  static NDArray upsampleNearest(TraceNDArray map, int factor) {
    Trace trace = map.owner();
    Shape shape = map.getShape();
    return trace.node(
        "Resize",
        // The second is a region of interest, which this mode does not read.
        List.of(map, numbers(trace), numbers(trace, 1, 1, factor, factor)),
        new Shape(shape.get(0), shape.get(1), factor * shape.get(2), factor * shape.get(3)),
        map.getDataType(),
        Map.of(
            "mode", "nearest",
            "coordinate_transformation_mode", "asymmetric",
            "nearest_mode", "floor"));
  }

  static NDArray upsampleBilinear(TraceNDArray map, int factor) {
    Trace trace = map.owner();
    Shape shape = map.getShape();
    return trace.node(
        "Resize",
        List.of(map, numbers(trace), numbers(trace, 1, 1, factor, factor)),
        new Shape(shape.get(0), shape.get(1), factor * shape.get(2), factor * shape.get(3)),
        map.getDataType(),
        Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel"));
  }

  static NDArray convTranspose(
      TraceNDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    Trace trace = x.owner();
    Shape shape = x.getShape();
    long kernel = weight.getShape().get(2);
    return trace.node(
        "ConvTranspose",
        List.of(x, trace.own(weight), trace.own(bias)),
        new Shape(
            shape.get(0),
            weight.getShape().get(1),
            (shape.get(2) - 1) * stride - 2L * padding + kernel,
            (shape.get(3) - 1) * stride - 2L * padding + kernel),
        x.getDataType(),
        Map.of(
            "strides", Shapes.longs(stride, stride),
            "pads", Shapes.longs(padding, padding, padding, padding)));
  }

  private static TraceNDArray align(
      TraceNDArray features,
      TraceNDArray boxes,
      TraceNDArray image,
      float scale,
      VisionOps.RoiAlign how,
      Shape result) {
    return features
        .owner()
        .node(
            "RoiAlign",
            List.of(features, boxes, image),
            result,
            DataType.FLOAT32,
            Map.of(
                "output_height",
                (long) how.height(),
                "output_width",
                (long) how.width(),
                "sampling_ratio",
                (long) how.samplingRatio(),
                "spatial_scale",
                scale,
                "mode",
                "avg",
                "coordinate_transformation_mode",
                how.aligned() ? "half_pixel" : "output_half_pixel"));
  }

  private static TraceNDArray filled(Trace trace, TraceNDArray dims, Shape shape, float value) {
    return trace.node(
        "Expand", List.of(number(trace, value), dims), shape, DataType.FLOAT32, Map.of());
  }

  private static TraceNDArray number(Trace trace, float value) {
    return numbers(trace, value);
  }

  private static TraceNDArray numbers(Trace trace, float... values) {
    return (TraceNDArray)
        trace
            .manager()
            .create(FloatBuffer.wrap(values), new Shape(values.length), DataType.FLOAT32);
  }
}
