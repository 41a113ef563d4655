package dev.millrace.pipeline.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources and packs them, as a plugin author's build would. */
final class PluginJarBuilder {
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  PluginJarBuilder service(String... classNames) {
    byte[] text = (String.join("\n", classNames) + "\n").getBytes(StandardCharsets.UTF_8);
    entries.put(PluginJar.SERVICE, text);
    return this;
  }

  /** A class in the package {@code mill}. */
  PluginJarBuilder source(String simpleName, String body) throws IOException {
    Path out = Files.createTempDirectory("plugin-classes");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///mill/" + simpleName + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return "package mill; import dev.millrace.components.*; " + body;
          }
        };
    List<String> options =
        List.of("--release", "17", "-proc:none", "-d", out.toString(), "-classpath", classPath());
    assertThat(compiler.getTask(null, null, null, options, null, List.of(source)).call()).isTrue();
    try (Stream<Path> classes = Files.walk(out)) {
      for (Path file : classes.filter(Files::isRegularFile).toList()) {
        entries.put(out.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return this;
  }

  PluginJarBuilder without(String entry) {
    assertThat(entries.remove(entry)).isNotNull();
    return this;
  }

  /** Changes the class file's version, as a newer compiler would have written it. */
  PluginJarBuilder classVersion(String simpleName, int major) {
    entries.get("mill/" + simpleName + ".class")[7] = (byte) major;
    return this;
  }

  /** Writes it beside, then renames it over what is there, as careful tools do. */
  Path into(Path folder, String name) throws IOException {
    Path temporary = folder.resolve(name + ".part");
    try (OutputStream file = Files.newOutputStream(temporary);
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    }
    return Files.move(temporary, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String classPath() {
    return Path.of(
            dev.millrace.components.Plugin.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath())
        .toString();
  }
}
