package dev.millrace.pipeline.config;

import java.nio.file.Path;
import java.util.Map;

/** A configuration with its bases, its components not looked at. */
public final class MergedConfig {
  private MergedConfig() {}

  public static Map<String, Object> values(Path root, Path file) {
    ConfigRoot folder = new ConfigRoot(root);
    return new ConfigTree(folder.show(file), new Inheritance(folder).read(file)).values();
  }
}
