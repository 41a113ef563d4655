package dev.millrace.pipeline.config;

import java.nio.file.Path;
import java.util.Set;

/** What a {@link ConfigWatcher} saw. */
public sealed interface ConfigChange {

  /**
   * Content changed and has come to rest: load again.
   *
   * @param files those that differ, appeared or are no longer referred to
   */
  record Edited(Set<Path> files) implements ConfigChange {}

  /**
   * A watched file cannot be read any more. What runs goes on; the watch goes on too, and tells
   * when it is back.
   *
   * @param reason one line for people, to stand after the file's name
   */
  record Unreadable(Path file, String reason) implements ConfigChange {}
}
