package dev.millrace.pipeline.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real models and videos beside the project. */
public final class Assets {
  private Assets() {}

  /** A file or folder; the test is skipped where it is absent. */
  public static Path path(String relative) {
    String folder = System.getenv("MILLRACE_ASSETS");
    Path assets =
        folder == null
            ? Path.of(System.getProperty("millrace.root", ".."), "..", "shared", "assets")
            : Path.of(folder);
    Path path = assets.resolve(relative).toAbsolutePath().normalize();
    assumeTrue(
        Files.exists(path),
        () -> "skipped: the asset " + relative + " is not here (set MILLRACE_ASSETS)");
    return path;
  }
}
