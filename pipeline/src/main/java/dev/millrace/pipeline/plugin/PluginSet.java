package dev.millrace.pipeline.plugin;

import dev.millrace.components.Registries;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The plugins of one revision. Close it after everything that was made by its components is closed.
 * Any thread.
 */
public final class PluginSet implements AutoCloseable {
  private final PluginLoader owner;
  private final PluginCode code;
  private final AtomicBoolean closed = new AtomicBoolean();

  PluginSet(PluginLoader owner, PluginCode code) {
    this.owner = owner;
    this.code = code;
  }

  /**
   * Calls every plugin, jar by jar in the order of their names.
   *
   * @throws dev.millrace.components.ConfigException naming the jar that is broken, and how
   */
  public void register(Registries registries) {
    code.register(registries);
  }

  /** Hash over the jars' names and contents: equal for equal code. */
  public String hash() {
    return code.hash();
  }

  /** The loader of the plugins' classes; the same object for every set of the same content. */
  public ClassLoader classLoader() {
    return code.loader();
  }

  /** Gives the code back; the last user of it unloads it. Closing twice does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      owner.release(code);
    }
  }
}
