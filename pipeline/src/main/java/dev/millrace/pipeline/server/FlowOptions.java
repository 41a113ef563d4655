package dev.millrace.pipeline.server;

import dev.millrace.components.image.ImageLimits;
import dev.millrace.pipeline.config.PipelineConfig;
import dev.millrace.pipeline.stream.FlowSettings;

/** What a configuration says of the flow, with what it leaves open. */
final class FlowOptions {

  private FlowOptions() {}

  static FlowSettings flow(PipelineConfig settings) {
    Integer asked = settings.decodeThreads();
    int threads =
        asked == null ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : asked;
    return new FlowSettings(threads, settings.maxBatch(), settings.maxDelay());
  }

  static ImageLimits limits(PipelineConfig settings) {
    return ImageLimits.of((long) settings.maxFrameBytes(), null, null, settings.maxPixels());
  }
}
