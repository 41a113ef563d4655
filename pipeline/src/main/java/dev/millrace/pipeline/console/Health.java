package dev.millrace.pipeline.console;

import java.util.List;

/** Asked by each request, on the console's thread; must be quick. */
public interface Health {

  /** Whether the pipeline runs at all. */
  boolean live();

  /** Why frames do not flow as they should, a sentence each; empty if they do. */
  List<String> troubles();
}
