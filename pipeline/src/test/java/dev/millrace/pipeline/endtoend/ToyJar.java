package dev.millrace.pipeline.endtoend;

import dev.millrace.plugins.toy.ToyPlugin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The example plugin's jar, packed here where the build has not packed it yet. */
final class ToyJar {
  private ToyJar() {}

  static void into(Path folder) {
    try {
      Path code =
          Path.of(ToyPlugin.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path jar = Files.createDirectories(folder).resolve("toy-backbone.jar");
      if (Files.isRegularFile(code)) {
        Files.copy(code, jar);
      } else {
        pack(code, jar);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
