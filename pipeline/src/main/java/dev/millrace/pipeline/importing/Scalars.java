package dev.millrace.pipeline.importing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of YAML compared as people read them. */
final class Scalars {
  private Scalars() {}

  /** Whether they are the same, 1 and 1.0 too. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.doubleValue() == y.doubleValue();
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      boolean same = x.size() == y.size();
      for (int i = 0; same && i < x.size(); i++) {
        same = same(x.get(i), y.get(i));
      }
      return same;
    }
    return a == null ? b == null : a.equals(b);
  }
}
