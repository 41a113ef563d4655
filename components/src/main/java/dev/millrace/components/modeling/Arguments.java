package dev.millrace.components.modeling;

import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a configuration says of a component, checked: each refuses by {@link Build#mistake}. */
public final class Arguments {

  private Arguments() {}

  /** The shapes of the named feature maps that come in, in the order of the names. */
  public static Map<String, ShapeSpec> select(Build build, List<String> names) {
    return select(build, build.inputShape(), names);
  }

  /** The shapes of the named feature maps, in the order of the names. */
  public static Map<String, ShapeSpec> select(
      Build build, Map<String, ShapeSpec> shapes, List<String> names) {
    Map<String, ShapeSpec> selected = new LinkedHashMap<>();
    for (String name : names) {
      ShapeSpec shape = shapes.get(name);
      if (shape == null) {
        List<String> close = Spelling.close(name, shapes.keySet());
        throw build.mistake(
            "inFeatures",
            "the backbone has no feature map '" + name + "'; it gives " + shapes + ".",
            close.isEmpty()
                ? "Name one of these."
                : "Did you mean " + String.join(" or ", close) + "?");
      }
      selected.put(name, shape);
    }
    if (selected.isEmpty()) {
      throw build.mistake(
          "inFeatures", "expected at least one feature map, found none.", "Name one.");
    }
    return selected;
  }

  /** Four divisors as a transform. */
  public static BoxTransform weights(
      Build build, @Nullable List<Double> given, List<Double> standard) {
    List<Double> w = given == null ? standard : given;
    if (w.size() != 4 || w.stream().anyMatch(v -> v <= 0)) {
      throw build.mistake(
          "bboxRegWeights",
          "expected four numbers above 0, found " + w + ".",
          "Give dx, dy, dw, dh.");
    }
    return new BoxTransform(
        w.get(0).floatValue(), w.get(1).floatValue(), w.get(2).floatValue(), w.get(3).floatValue());
  }

  /** A number of 0 to {@code most}. */
  public static float within(
      Build build, String key, @Nullable Double given, double most, double standard) {
    double value = given == null ? standard : given;
    if (!(value >= 0 && value <= most)) {
      throw build.mistake(
          key,
          "expected 0 " + (most == 1 ? "to 1" : "or more") + ", found " + value + ".",
          "Leave it out for " + standard + ".");
    }
    return (float) value;
  }

  /** A number of 1 or more. */
  public static int positive(Build build, String key, @Nullable Integer given, int standard) {
    int value = given == null ? standard : given;
    if (value < 1) {
      throw build.mistake(
          key, "expected 1 or more, found " + value + ".", "Leave it out for " + standard + ".");
    }
    return value;
  }
}
