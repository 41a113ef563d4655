package dev.millrace.components.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Neighbouring stages that run in one go. Confined to its lane's thread. */
interface Part extends AutoCloseable {

  /** Names of the arrays that come from outside. */
  Set<String> inputs();

  /**
   * @param inputs at least {@link #inputs()}
   * @return what its stages wrote and somebody later reads
   */
  Map<String, HostArray> run(Map<String, HostArray> inputs);

  /** One line or more for the plan. */
  List<String> describe();

  @Override
  void close();

  /** Closes every one, then throws what the first that failed threw, if one did. */
  static void closeAll(List<Part> parts) {
    RuntimeException first = null;
    for (Part part : parts) {
      try {
        part.close();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Type and shape of an array between parts. */
  record Spec(DataType type, Shape shape) {}
}
