package dev.millrace.pipeline.server;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param config the configuration file
 * @param overrides {@code key=value}, over the file's
 * @param plugins the folder that plugin jars may come from, or null for none
 * @param watch whether a change of the file, its bases or the plugins is a request for a revision
 */
public record ServerOptions(
    Path config, List<String> overrides, @Nullable Path plugins, boolean watch) {
  public ServerOptions {
    overrides = List.copyOf(overrides);
  }
}
