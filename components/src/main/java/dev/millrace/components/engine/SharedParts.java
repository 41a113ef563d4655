package dev.millrace.components.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A plan's parts and weights, shared by detectors of one lane whose networks are the same (a
 * swapped postprocessor does not rebuild them). The last detector to release them closes them, on
 * its thread.
 */
final class SharedParts {

  private final List<Part> list;
  private final Weights weights;
  private final String origin;
  private final Target target;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Takes over one hold on the weights. */
  SharedParts(List<Part> list, Weights weights, String origin, Target target) {
    this.list = List.copyOf(list);
    this.weights = weights;
    this.origin = origin;
    this.target = target;
  }

  List<Part> list() {
    return list;
  }

  Weights weights() {
    return weights;
  }

  /** Says where the weights' values come from. */
  String origin() {
    return origin;
  }

  Target target() {
    return target;
  }

  /** Holds them, unless they are closed already. */
  boolean tryRetain() {
    return holders.updateAndGet(n -> n == 0 ? 0 : n + 1) > 0;
  }

  /** One part that does not close keeps neither the others nor the weights open. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      try {
        Part.closeAll(list);
      } finally {
        weights.release();
      }
    }
  }
}
