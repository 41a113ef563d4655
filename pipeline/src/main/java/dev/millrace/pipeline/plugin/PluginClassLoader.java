package dev.millrace.pipeline.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads a plugin's classes from its jars first, so that a newer version of code that this program
 * also has is the one that runs; the contracts come from this program, or no plugin would fit.
 */
final class PluginClassLoader extends URLClassLoader {
  private static final List<String> SHARED =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "dev.millrace.components.",
          "org.slf4j.",
          "org.jspecify.",
          "ai.djl.",
          "com.fasterxml.jackson.annotation.");

  static {
    registerAsParallelCapable();
  }

  PluginClassLoader(List<URL> jars, ClassLoader parent) {
    super("plugins", jars.toArray(URL[]::new), parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> type = findLoadedClass(name);
      if (type == null) {
        type = own(name);
      }
      if (type == null) {
        return super.loadClass(name, resolve);
      }
      if (resolve) {
        resolveClass(type);
      }
      return type;
    }
  }

  private @Nullable Class<?> own(String name) {
    if (SHARED.stream().anyMatch(name::startsWith)) {
      return null;
    }
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return null; // the parent may have it
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    all.addAll(Collections.list(getParent().getResources(name)));
    return Collections.enumeration(all);
  }
}
