package dev.millrace.pipeline.plugin;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Plugin;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Makes the plugins that one jar names, or says what is wrong with the jar. */
final class PluginJar {
  static final String SERVICE = "META-INF/services/" + Plugin.class.getName();

  private PluginJar() {}

  /**
   * @param shown how messages name the jar
   * @return at least one
   */
  static List<Plugin> plugins(Path jar, String shown, ClassLoader loader) {
    List<Plugin> plugins = new ArrayList<>();
    for (String name : names(jar, shown)) {
      plugins.add(make(name, shown, loader));
    }
    if (plugins.isEmpty()) {
      throw new ConfigException(
          shown,
          "no plugin is named in " + SERVICE + ".",
          "Put the class name of its Plugin there; a library belongs inside the plugin's own jar.");
    }
    return plugins;
  }

  private static List<String> names(Path jar, String shown) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(SERVICE);
      if (entry == null) {
        return List.of();
      }
      try (InputStream in = zip.getInputStream(entry)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .toList();
      }
    } catch (IOException e) {
      throw new ConfigException(
          shown, "this is not a jar that can be read.", "Copy it again, whole.");
    }
  }

  private static Plugin make(String name, String shown, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(name, true, loader);
      if (!Plugin.class.isAssignableFrom(type)) {
        throw new ConfigException(
            shown, name + " is not a " + Plugin.class.getName() + ".", "Let it implement that.");
      }
      return (Plugin) type.getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new ConfigException(
          shown,
          SERVICE + " names the class " + name + ", which the jar does not have.",
          "Correct the name, or build the jar again.");
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new ConfigException(
          shown,
          name + " cannot be made.",
          "It must be a public class with a public constructor without arguments.");
    } catch (InvocationTargetException e) {
      throw failed(name, shown, e.getCause() == null ? e : e.getCause());
    } catch (LinkageError e) {
      throw failed(name, shown, e);
    }
  }

  /** What code of the plugin threw. */
  static ConfigException failed(String name, String shown, Throwable cause) {
    if (cause instanceof UnsupportedClassVersionError) {
      return new ConfigException(
          shown,
          name
              + " was compiled for a newer Java than this one, "
              + Runtime.version().feature()
              + ".",
          "Compile it with --release " + Runtime.version().feature() + ", or run a newer Java.");
    }
    Throwable root =
        cause instanceof ExceptionInInitializerError && cause.getCause() != null
            ? cause.getCause()
            : cause;
    String text =
        root.getMessage() == null ? "" : ": " + root.getMessage().lines().findFirst().orElse("");
    if (cause instanceof NoClassDefFoundError || cause instanceof IncompatibleClassChangeError) {
      return new ConfigException(
          shown,
          name + " does not fit this version: " + root.getClass().getSimpleName() + text + ".",
          "Compile it against this version's components, with its own libraries inside its jar.");
    }
    return new ConfigException(
        shown,
        name + " failed with " + root.getClass().getSimpleName() + text + ".",
        "Mend the plugin.");
  }
}
