package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The folder that configuration files may come from. Names are followed as they are written, then
 * the real file must lie inside too: a mounted ConfigMap's {@code ..data} links stay inside, a link
 * to elsewhere does not.
 */
public final class ConfigRoot {
  private final Path folder;
  private final Path shown;

  /**
   * @param folder an existing folder
   */
  public ConfigRoot(Path folder) {
    this.shown = folder.normalize();
    this.folder = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(this.folder)) {
      throw new ConfigException(
          folder.toString(),
          "this configuration root is not a folder.",
          "Name the folder that holds the configuration files.");
    }
  }

  /** Absolute. */
  Path folder() {
    return folder;
  }

  /** A file as messages name it: the root as it was given, then the rest. */
  public String show(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    return absolute.startsWith(folder)
        ? shown.resolve(folder.relativize(absolute)).toString()
        : file.toString();
  }

  /**
   * What {@code name} means in {@code from}, not yet looked at.
   *
   * @param place where it is written
   */
  public Path sibling(Path from, String name, String place) {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new ConfigException(
          place, "'" + Texts.shown(name) + "' is not a file name.", "Name a file.");
    }
    if (path.isAbsolute()) {
      throw new ConfigException(
          place,
          "the absolute path '" + name + "' is not allowed.",
          "Name a file relative to this one, inside the configuration root " + shown + ".");
    }
    return from.toAbsolutePath().normalize().resolveSibling(path).normalize();
  }

  /**
   * The file's first bytes, one more than {@link YamlReader} takes.
   *
   * @param place what refers to the file, or the file itself
   * @throws ConfigException if it is missing, no file, or outside the root
   */
  public byte[] read(Path file, String place) {
    Path absolute = file.toAbsolutePath().normalize();
    if (!absolute.startsWith(folder)) {
      throw outside(place, "'" + file + "' lies outside the configuration root");
    }
    if (!Files.exists(absolute)) {
      boolean link = Files.exists(absolute, LinkOption.NOFOLLOW_LINKS);
      throw new ConfigException(
          place,
          "there is no file '" + show(file) + "'" + (link ? ": a link to nothing." : "."),
          "Check the name; it is relative to the file that names it.");
    }
    if (!Files.isRegularFile(absolute)) {
      throw new ConfigException(
          place, "'" + show(file) + "' is a folder or device, not a file.", "Name a YAML file.");
    }
    try {
      if (!absolute.toRealPath().startsWith(folder.toRealPath())) {
        throw outside(place, "'" + show(file) + "' is a link to outside the configuration root");
      }
      try (InputStream in = Files.newInputStream(absolute)) {
        return in.readNBytes(YamlReader.MAX_BYTES + 1);
      }
    } catch (IOException e) {
      throw new ConfigException(
          place,
          "'" + show(file) + "' cannot be read: " + e.getClass().getSimpleName() + ".",
          "Check that it is there and that this user may read it.");
    }
  }

  private ConfigException outside(String place, String problem) {
    return new ConfigException(
        place, problem + " '" + shown + "'.", "Move it inside, or start with a wider root.");
  }
}
