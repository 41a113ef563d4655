package dev.millrace.pipeline.plugin;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A private copy of a folder's jars, so that somebody may replace a jar while its classes load.
 *
 * @param folder owned by this value
 * @param jars in the order of their names
 * @param hash over names and contents
 */
record PluginJars(Path folder, List<Path> jars, String hash) {

  /** Where no folder was named. */
  static final PluginJars NONE = new PluginJars(Path.of(""), List.of(), "none");

  /** Copies what is there now. Other files than {@code *.jar} are left alone. */
  static PluginJars copy(Path from) {
    if (!Files.isDirectory(from)) {
      throw new ConfigException(
          from.toString(), "the plugins folder is not a folder.", "Create it, or name another.");
    }
    Path folder = null;
    try {
      folder = Files.createTempDirectory("millrace-plugins-");
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      List<Path> jars = new ArrayList<>();
      for (Path jar : list(from)) {
        Path copy = folder.resolve(jar.getFileName());
        Files.copy(jar, copy);
        sha.update(jar.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
        sha.update(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(copy)));
        jars.add(copy);
      }
      return new PluginJars(folder, jars, HexFormat.of().formatHex(sha.digest()));
    } catch (IOException e) {
      if (folder != null) {
        delete(folder);
      }
      throw new ConfigException(
          from.toString(),
          "the plugins cannot be read: " + e.getClass().getSimpleName() + ".",
          "Check that this user may read them and that the temporary folder has room.");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
      found.forEach(jars::add);
    }
    jars.sort(null);
    return jars;
  }

  /** Deletes the copies. */
  void delete() {
    if (this != NONE) {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit(); // a leftover in the temporary folder harms nobody
    }
  }
}
