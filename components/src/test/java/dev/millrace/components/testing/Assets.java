package dev.millrace.components.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real models, pictures and reference values beside the project. */
public final class Assets {

  private Assets() {}

  /** A file or folder; the test is skipped where it is absent. */
  public static Path path(String relative) {
    String folder = System.getenv("MILLRACE_ASSETS");
    Path root =
        folder == null
            ? Path.of(System.getProperty("millrace.root", ".."), "..", "shared", "assets")
            : Path.of(folder);
    Path path = root.resolve(relative).normalize();
    Assumptions.assumeTrue(
        Files.exists(path),
        () -> "skipped: the asset " + relative + " is not here (set MILLRACE_ASSETS)");
    return path;
  }
}
