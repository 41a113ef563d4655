package dev.millrace.components.engine;

import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ComponentFile;
import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.Registry;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.checkpoint.WeightsConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds components from a configuration. A component whose name, code, arguments and incoming
 * shapes are those of the live revision is taken from there, with its parameters.
 */
final class ComponentBuilder {

  /** What makes a component the same one. */
  record Key(
      String path,
      Class<?> kind,
      String name,
      Map<String, Object> arguments,
      List<Map.Entry<String, ShapeSpec>> inputShape,
      List<String> classNames,
      ClassLoader code) {}

  private final Registries registries;
  private final ArgumentBinder binder;
  private final List<String> classNames;
  private final WeightsFinder finder;
  private final Map<Key, Object> earlier;
  private final Map<Key, Object> built = new HashMap<>();

  ComponentBuilder(
      Registries registries,
      ArgumentBinder binder,
      List<String> classNames,
      WeightsFinder finder,
      Map<Key, Object> earlier) {
    this.registries = registries;
    this.binder = binder;
    this.classNames = List.copyOf(classNames);
    this.finder = finder;
    this.earlier = earlier;
  }

  /** Everything that this model consists of. */
  Map<Key, Object> built() {
    return built;
  }

  <T> T component(Class<T> kind, ComponentConfig<T> config, Map<String, ShapeSpec> inputShape) {
    Registry<T> registry = registries.of(kind);
    return make(kind, registry.get(config.name(), config.path()), config, inputShape);
  }

  private <A extends Record, T> T make(
      Class<T> kind,
      Registry.Entry<A, T> entry,
      ComponentConfig<T> config,
      Map<String, ShapeSpec> inputShape) {
    Map<String, ShapeSpec> shape = new LinkedHashMap<>(inputShape);
    Key key =
        new Key(
            config.path(),
            kind,
            config.name(),
            config.arguments(),
            new ArrayList<>(shape.entrySet()),
            classNames,
            entry.factory().getClass().getClassLoader());
    Object same = earlier.get(key);
    if (same != null) {
      earlier.forEach(
          (k, component) -> {
            if (k.path().startsWith(config.path() + ".")) {
              built.put(k, component);
            }
          });
    }
    T component =
        kind.cast(
            same != null
                ? same
                : create(entry, binder.bind(config, entry.arguments()), config, shape));
    built.put(key, component);
    return component;
  }

  private <A extends Record, T> T create(
      Registry.Entry<A, T> entry,
      A arguments,
      ComponentConfig<T> config,
      Map<String, ShapeSpec> shape) {
    try {
      return entry.factory().create(arguments, new Context(config.path(), shape));
    } catch (ConfigException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new ConfigException(
          config.path(),
          "the component "
              + config.name()
              + " cannot be made: "
              + (e.getMessage() == null ? e.toString() : e.getMessage())
              + ".",
          "Check its arguments; 'millrace components' lists them.");
    }
  }

  /** What a factory sees. */
  private final class Context implements Build {
    private final String path;
    private final Map<String, ShapeSpec> inputShape;

    Context(String path, Map<String, ShapeSpec> inputShape) {
      this.path = path;
      this.inputShape = inputShape;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public Map<String, ShapeSpec> inputShape() {
      return inputShape;
    }

    @Override
    public List<String> classNames() {
      return classNames;
    }

    @Override
    public ComponentFile file(
        @Nullable String file, @Nullable String url, @Nullable String sha256, boolean code) {
      if (file == null && url == null) {
        throw mistake("file", "expected a file, found none.", "Name one.");
      }
      if (sha256 == null) {
        throw mistake(
            "sha256",
            "expected the hash of the file, found none.",
            "Write here what 'sha256sum' prints for it, so that no other file is run.");
      }
      if (code && !finder.trustsCode()) {
        throw mistake(
            "file",
            "the file brings code of its own, and such files were not allowed.",
            "If you trust it, set MILLRACE_TRUST_CODE=true in the environment"
                + " (docs/own-graphs.md).");
      }
      WeightsConfig wanted;
      try {
        wanted = new WeightsConfig(file, url, sha256, null, null, null, null);
      } catch (ConfigException e) {
        String problem = String.valueOf(e.getMessage()).substring(e.path().length() + 2);
        throw new ConfigException(path + "." + e.path(), problem, null);
      }
      return finder
          .find(wanted, path)
          .map(found -> new ComponentFile(found.file(), found.sha256()))
          .orElseThrow(() -> mistake("file", "expected a file, found none.", "Name one."));
    }

    @Override
    public <T> T component(
        Class<T> kind, @Nullable ComponentConfig<T> config, Map<String, ShapeSpec> shape) {
      if (config == null) {
        String label = registries.of(kind).label();
        throw new ConfigException(
            path,
            "expected "
                + ("aeio".indexOf(label.charAt(0)) < 0 ? "a " : "an ")
                + label
                + ", found none.",
            "Name one; 'millrace components' lists them.");
      }
      return ComponentBuilder.this.component(kind, config, shape);
    }
  }
}
