package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** What a backbone answers with: float32 (N, C, H / stride, W / stride) by name. */
public record FeatureMaps(Map<String, NDArray> maps) {

  private static final String PREFIX = "features.";

  public static FeatureMaps of(String name, NDArray map) {
    return new FeatureMaps(Map.of(name, map));
  }

  /**
   * @throws IllegalStateException if the backbone gave none of that name
   */
  public NDArray get(String name) {
    NDArray map = maps.get(name);
    if (map == null) {
      throw new IllegalStateException("no feature map " + name + " among " + maps.keySet());
    }
    return map;
  }

  /** Puts them among a stage's values. */
  public void writeTo(Values values) {
    maps.forEach((name, map) -> values.put(PREFIX + name, map));
  }

  /** All that a stage before wrote. */
  public static FeatureMaps of(Values values) {
    return new FeatureMaps(values.under(PREFIX));
  }
}
