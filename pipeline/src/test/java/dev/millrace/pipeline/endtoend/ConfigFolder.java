package dev.millrace.pipeline.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A copy of the configurations that ship, and a file beside them that is edited. */
final class ConfigFolder {
  private final Path file;

  /**
   * @param folder an empty one
   */
  ConfigFolder(Path folder) {
    Path root = folder.resolve("configs");
    Path shipped = Path.of(System.getProperty("millrace.root"), "configs");
    try (Stream<Path> files = Files.walk(shipped)) {
      for (Path from : files.filter(Files::isRegularFile).toList()) {
        Path to = root.resolve(shipped.relativize(from).toString());
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file = root.resolve("street.yaml");
  }

  Path file() {
    return file;
  }

  /** As a careful editor saves: beside, then over it. */
  void save(String yaml) {
    try {
      Path draft = Files.writeString(file.resolveSibling("street.yaml.new"), yaml);
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
