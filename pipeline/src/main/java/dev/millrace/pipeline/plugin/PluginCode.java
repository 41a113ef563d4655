package dev.millrace.pipeline.plugin;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Plugin;
import dev.millrace.components.Registries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One content of the plugins folder, loaded. Shared by every {@link PluginSet} of that content. */
final class PluginCode {
  private final PluginJars jars;
  private final String folder;
  private final PluginClassLoader loader;

  /** Guarded by the {@link PluginLoader}. */
  int users;

  /**
   * @param jars owned from here on
   * @param folder where they came from, for messages
   */
  PluginCode(PluginJars jars, Path folder, ClassLoader parent) {
    this.jars = jars;
    this.folder = folder.toString();
    List<URL> urls = new ArrayList<>();
    try {
      for (Path jar : jars.jars()) {
        urls.add(jar.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a file has a URL", e);
    }
    this.loader = new PluginClassLoader(urls, parent);
  }

  String hash() {
    return jars.hash();
  }

  ClassLoader loader() {
    return loader;
  }

  void register(Registries registries) {
    for (Path jar : jars.jars()) {
      String shown = Path.of(folder).resolve(jar.getFileName()).toString();
      for (Plugin plugin : PluginJar.plugins(jar, shown, loader)) {
        register(plugin, registries, shown);
      }
    }
  }

  private static void register(Plugin plugin, Registries registries, String shown) {
    String name = plugin.getClass().getName();
    try {
      plugin.register(registries);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          shown,
          name + ": " + e.getMessage() + ".",
          "Give it another name, or remove one of the jars.");
    } catch (RuntimeException | LinkageError e) {
      throw PluginJar.failed(name, shown, e);
    }
  }

  void close() {
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      jars.delete();
    }
  }
}
