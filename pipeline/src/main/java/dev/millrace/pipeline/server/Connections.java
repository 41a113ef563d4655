package dev.millrace.pipeline.server;

import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.pipeline.config.MillraceConfig;

/** Opens the ends of the flow that a configuration names. The caller closes what it gets. */
public interface Connections {

  FrameSource source(MillraceConfig config);

  EventSink sink(MillraceConfig config);
}
