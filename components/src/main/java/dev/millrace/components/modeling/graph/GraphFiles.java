package dev.millrace.components.modeling.graph;

import dev.millrace.components.Build;
import dev.millrace.components.ComponentFile;
import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.Sha256;
import dev.millrace.components.trace.OnnxFile;
import dev.millrace.components.trace.OnnxFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Supplier;

/** Reads the files that a configuration names; what is wrong with them is said of its key. */
final class GraphFiles {

  private GraphFiles() {}

  static OnnxFile onnx(Build build, ComponentFile file) {
    byte[] bytes = bytes(build, file);
    return checked(build, "file", file, () -> OnnxFile.read(bytes));
  }

  /** What reading or using an ONNX file gives, its mistakes turned into the configuration's. */
  static <T> T checked(Build build, String key, ComponentFile file, Supplier<T> use) {
    try {
      return use.get();
    } catch (OnnxFileException e) {
      throw build.mistake(key, file.path().getFileName() + ": " + e.getMessage() + ".", e.remedy());
    }
  }

  /**
   * The whole file, which is the one that was verified.
   *
   * @throws ConfigException if it is too large, cannot be read, or has changed
   */
  static byte[] bytes(Build build, ComponentFile file) {
    try {
      long size = Files.size(file.path());
      long most = Math.min(OnnxFile.MOST_BYTES, Runtime.getRuntime().maxMemory() / 3);
      if (size > most) {
        throw build.mistake(
            "file",
            file.path() + " has " + size + " bytes, allowed are " + most + ".",
            "A detector of up to "
                + OnnxFile.MOST_BYTES
                + " bytes is read where the heap is three times as large"
                + " (MILLRACE_JAVA_OPTS=-Xmx).");
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file.path())) {
        bytes = in.readNBytes((int) size);
      }
      if (!Sha256.of(bytes).equals(file.sha256())) {
        throw build.mistake(
            "file", file.path() + " changed while it was read.", "Do not write to it; try again.");
      }
      return bytes;
    } catch (IOException e) {
      throw build.mistake(
          "file", file.path() + " cannot be read: " + e.getMessage() + ".", "Check its rights.");
    }
  }
}
