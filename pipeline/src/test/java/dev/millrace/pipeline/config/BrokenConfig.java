package dev.millrace.pipeline.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A configuration with one mistake.
 *
 * @param root its configuration root
 * @param expected fragments that its refusal contains
 */
public record BrokenConfig(String name, Path root, Path file, List<String> expected) {
  @Override
  public String toString() {
    return name;
  }
}
