package dev.millrace.pipeline.plugin;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens the plugins folder for each revision. The folder comes from the command line or the
 * environment, never from a configuration. Any thread.
 */
public final class PluginLoader {
  private final @Nullable Path folder;
  private final Map<String, PluginCode> open = new HashMap<>();
  private long loaded;
  private long unloaded;

  /**
   * @param folder of jars; null where there are no plugins
   */
  public PluginLoader(@Nullable Path folder) {
    this.folder = folder;
  }

  /**
   * The jars that are in the folder now. The caller closes the set.
   *
   * @throws dev.millrace.components.ConfigException if the folder cannot be read
   */
  public PluginSet open() {
    Path from = folder;
    PluginJars jars = from == null ? PluginJars.NONE : PluginJars.copy(from);
    synchronized (this) {
      PluginCode code = open.get(jars.hash());
      if (code == null) {
        Path shown = from == null ? Path.of("") : from;
        code = new PluginCode(jars, shown, PluginLoader.class.getClassLoader());
        open.put(jars.hash(), code);
        loaded++;
      } else {
        jars.delete();
      }
      code.users++;
      return new PluginSet(this, code);
    }
  }

  synchronized void release(PluginCode code) {
    if (--code.users == 0) {
      open.remove(code.hash());
      unloaded++;
      code.close();
    }
  }

  /** Class loaders made so far. */
  public synchronized long loaded() {
    return loaded;
  }

  /** Class loaders closed so far; equal to {@link #loaded} when every set is closed. */
  public synchronized long unloaded() {
    return unloaded;
  }
}
