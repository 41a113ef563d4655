package dev.millrace.components.checkpoint;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Test data that is not in the repository; a test that needs it is skipped where it is absent. */
final class TestAssets {

  private TestAssets() {}

  static Path require(String name) {
    String folder = System.getenv("MILLRACE_ASSETS");
    Path assets =
        folder != null
            ? Path.of(folder)
            : Path.of(System.getProperty("millrace.root", "."), "..", "shared", "assets");
    Path file = assets.resolve(name);
    assumeTrue(Files.exists(file), () -> file + " is absent: set MILLRACE_ASSETS");
    return file;
  }
}
