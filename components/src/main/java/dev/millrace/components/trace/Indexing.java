package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code array.get(":, 2:5, 0")}: slices, then drops the axes that were fixed. */
final class Indexing {

  private Indexing() {}

  static NDArray get(TraceNDArray array, NDIndex index) {
    Trace trace = array.owner();
    List<NDIndexElement> elements = spread(index, array.getShape().dimension());
    List<Long> starts = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    List<Long> axes = new ArrayList<>();
    List<Long> steps = new ArrayList<>();
    List<Integer> dropped = new ArrayList<>();
    Shape shape = array.getShape();
    for (int axis = 0; axis < elements.size(); axis++) {
      NDIndexElement element = elements.get(axis);
      long size = shape.get(axis);
      if (element instanceof NDIndexAll) {
        continue;
      }
      long from;
      long to;
      long step = 1;
      if (element instanceof NDIndexFixed fixed) {
        from = fixed.getIndex() < 0 ? fixed.getIndex() + size : fixed.getIndex();
        to = from + 1;
        dropped.add(axis);
      } else if (element instanceof NDIndexSlice slice) {
        Long min = slice.getMin();
        Long max = slice.getMax();
        Long by = slice.getStep();
        from = min == null ? 0 : min < 0 ? min + size : min;
        to = max == null ? size : Math.min(size, max < 0 ? max + size : max);
        step = by == null ? 1 : by;
      } else {
        throw new NotTraceableException("get with " + element.getClass().getSimpleName());
      }
      if (step < 1 || from < 0 || to > size || from > to) {
        throw new IllegalArgumentException("index " + index + " outside " + shape);
      }
      starts.add(from);
      ends.add(to);
      axes.add((long) axis);
      steps.add(step);
      shape = Shapes.with(shape, axis, (to - from + step - 1) / step);
    }
    if (starts.isEmpty()) {
      return array;
    }
    NDArray sliced =
        trace.node(
            "Slice",
            List.of(
                array,
                longs(trace, starts),
                longs(trace, ends),
                longs(trace, axes),
                longs(trace, steps)),
            shape,
            array.getDataType(),
            Map.of());
    return dropped.isEmpty()
        ? sliced
        : sliced.squeeze(dropped.stream().mapToInt(Integer::intValue).toArray());
  }

  private static TraceNDArray longs(Trace trace, List<Long> values) {
    return trace.constant(values.stream().mapToLong(Long::longValue).toArray());
  }

  /** An ellipsis stands for as many whole axes as are missing. */
  private static List<NDIndexElement> spread(NDIndex index, int rank) {
    List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
    int at = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
    while (elements.size() < rank) {
      elements.add(at, new NDIndexAll());
    }
    return elements;
  }
}
