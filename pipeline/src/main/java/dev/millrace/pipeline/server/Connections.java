package dev.millrace.pipeline.server;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.pipeline.config.MillraceConfig;

/** Opens the ends of the flow that a configuration names. */
public interface Connections {

  /**
   * @param source closed after the sink
   */
  record Ends(FrameSource source, EventSink sink) {}

  /** The caller closes what it gets. */
  Ends open(MillraceConfig config);
}
