package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reads configurations below one root folder. Keeps nothing between calls; any thread.
 *
 * <pre>{@code
 * ConfigLoader loader = new ConfigLoader(Path.of("configs"));
 * LoadedConfig loaded = loader.load(Path.of("configs/demo.yaml"), List.of("pipeline.maxBatch=4"), registries);
 * }</pre>
 */
public final class ConfigLoader {
  private final ConfigRoot root;

  /**
   * @param root the folder that every file must lie in
   * @throws ConfigException if it is not a folder
   */
  public ConfigLoader(Path root) {
    this.root = new ConfigRoot(root);
  }

  /** The usual root of a file: the folder {@code configs} above it, else the folder it is in. */
  public static Path rootOf(Path file) {
    Path given = file.normalize();
    for (Path p = given.getParent(); p != null; p = p.getParent()) {
      if (p.endsWith("configs")) {
        return p;
      }
    }
    Path parent = given.getParent();
    return parent == null ? Path.of("") : parent;
  }

  /**
   * @param file relative to the working directory, inside the root
   * @param overrides {@code key=value} each, merged last, in order
   * @param registries what its components are looked up in
   * @throws ConfigException for the first mistake, with file, line and column
   */
  public LoadedConfig load(Path file, List<String> overrides, Registries registries) {
    Inheritance inheritance = new Inheritance(root);
    return bind(file, inheritance.read(file), overrides, registries, inheritance.files());
  }

  /**
   * The same for content that is not in the file yet, such as a request's body.
   *
   * @param file where it would stand: what {@code _BASE_} is relative to, and messages name
   */
  public LoadedConfig load(Path file, byte[] yaml, List<String> overrides, Registries registries) {
    Inheritance inheritance = new Inheritance(root);
    return bind(file, inheritance.read(file, yaml), overrides, registries, inheritance.files());
  }

  /** The file and every base, as far as they can be followed: what to watch, also when broken. */
  public Set<Path> files(Path file) {
    Inheritance inheritance = new Inheritance(root);
    try {
      inheritance.read(file);
    } catch (ConfigException e) {
      return inheritance.files(); // what is wrong is told by load()
    }
    return inheritance.files();
  }

  private LoadedConfig bind(
      Path file,
      Node.Mapping merged,
      List<String> overrides,
      Registries registries,
      Set<Path> files) {
    ConfigTree tree = new ConfigTree(root.show(file), Overrides.apply(merged, overrides));
    JacksonArgumentBinder binder = new JacksonArgumentBinder();
    ComponentCheck check = new ComponentCheck(registries, binder);
    try {
      MillraceConfig config = binder.bind(tree.values(), MillraceConfig.class, "", check::add);
      check.run();
      return new LoadedConfig(
          root.folder(),
          file.toAbsolutePath().normalize(),
          config,
          tree,
          tree.hash(),
          Set.copyOf(files),
          binder);
    } catch (ConfigException e) {
      throw tree.locate(e);
    }
  }
}
