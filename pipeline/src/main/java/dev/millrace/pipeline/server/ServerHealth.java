package dev.millrace.pipeline.server;

import dev.millrace.pipeline.console.Health;
import dev.millrace.pipeline.stream.FramePipeline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starting, then what the pipeline says. */
final class ServerHealth implements Health {

  private volatile @Nullable FramePipeline pipeline;

  void flows(FramePipeline started) {
    pipeline = started;
  }

  @Override
  public boolean live() {
    FramePipeline started = pipeline;
    return started == null || !started.ended().isDone();
  }

  @Override
  public List<String> troubles() {
    FramePipeline started = pipeline;
    return started == null ? List.of("the first model is being built") : started.troubles();
  }
}
