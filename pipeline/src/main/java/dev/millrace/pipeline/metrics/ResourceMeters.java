package dev.millrace.pipeline.metrics;

import dev.millrace.components.engine.Natives;
import dev.millrace.components.image.NativeCount;
import dev.millrace.pipeline.plugin.PluginLoader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/**
 * Meters of what the garbage collector does not look after: opened = closed after the end, and what
 * lies between them does not grow from swap to swap.
 */
public final class ResourceMeters {

  private ResourceMeters() {}

  /** Meters keep no owner alive: the caller holds on to what it gives. */
  public static void register(
      NativeCount imageDecoders, PluginLoader plugins, MeterRegistry registry) {
    pair("model", Natives.class, n -> Natives.createdCount(), n -> Natives.closedCount(), registry);
    pair("image-decoder", imageDecoders, NativeCount::created, NativeCount::closed, registry);
    pair("plugin-loader", plugins, PluginLoader::loaded, PluginLoader::unloaded, registry);
  }

  private static <T> void pair(
      String kind,
      T owner,
      ToDoubleFunction<T> opened,
      ToDoubleFunction<T> closed,
      MeterRegistry registry) {
    FunctionCounter.builder("millrace.resources.opened", owner, opened)
        .description("Native objects of models and image decoders, class loaders of plugins")
        .tag("kind", kind)
        .register(registry);
    FunctionCounter.builder("millrace.resources.closed", owner, closed)
        .description("Of those opened, how many are closed")
        .tag("kind", kind)
        .register(registry);
  }
}
