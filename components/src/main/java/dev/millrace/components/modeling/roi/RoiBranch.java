package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Component;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A head and how its regions are pooled.
 *
 * @param pooler from feature maps to what the head reads
 * @param head a {@link BoxHead}, a {@link MaskHead} or a {@link KeypointHead}
 */
public record RoiBranch<H extends Component>(RoiPooler pooler, H head) {

  /**
   * What a configuration says of a branch that may be left out.
   *
   * @param name of the branch: its keys are {@code <name>Pooler} and {@code <name>Head}
   * @param shapes of the feature maps that it pools from, all of the same number of channels
   * @return null if it says nothing
   */
  static <H extends Component> @Nullable RoiBranch<H> optional(
      Class<H> kind,
      String name,
      RoiPooler.@Nullable Args pooler,
      @Nullable ComponentConfig<H> head,
      Build build,
      Collection<ShapeSpec> shapes) {
    if (pooler == null && head == null) {
      return null;
    }
    if (pooler == null || head == null) {
      String missing = name + (pooler == null ? "Pooler" : "Head");
      throw build.mistake(
          missing,
          "expected " + name + "Pooler and " + name + "Head or neither, found no " + missing + ".",
          "Say both, or leave out both.");
    }
    return of(kind, name, pooler, head, build, shapes);
  }

  static <H extends Component> RoiBranch<H> of(
      Class<H> kind,
      String name,
      RoiPooler.Args pooler,
      ComponentConfig<H> head,
      Build build,
      Collection<ShapeSpec> shapes) {
    RoiPooler pool = RoiPooler.fromConfig(pooler, build, name + "Pooler", shapes);
    return new RoiBranch<>(
        pool, build.component(kind, head, Map.of("pooled", pool.outputShape(shapes))));
  }

  NDArray pool(List<NDArray> maps, NDArray boxes) {
    return pooler.forward(maps, boxes);
  }
}
