package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.DownloadProgress;
import dev.millrace.components.checkpoint.Sha256;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.pipeline.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code model.weights} for a checkpoint.
 *
 * @param weights file or url, and the hash of what is there now
 * @param folder that MILLRACE_WEIGHTS must name for the file to be found; null if it lies inside
 *     the configuration root, or has an address
 */
public record ImportedWeights(Map<String, Object> weights, @Nullable Path folder) {
  private static final String ZOO = "detectron2://";
  private static final String ZOO_ADDRESS = "https://dl.fbaipublicfiles.com/detectron2/";
  private static final String WHERE = "CHECKPOINT";

  /**
   * Looks at a file, or fetches an address (into the cache of {@code store}).
   *
   * @param checkpoint a path, an https address, or {@code detectron2://} and the rest of one
   * @param sha256 that it must have, or null
   * @param config the file that will name it
   * @throws ConfigException if it is not there, or another one
   */
  public static ImportedWeights of(
      String checkpoint,
      @Nullable String sha256,
      Path config,
      WeightsStore store,
      DownloadProgress progress) {
    String address =
        checkpoint.startsWith(ZOO) ? ZOO_ADDRESS + checkpoint.substring(ZOO.length()) : checkpoint;
    return address.contains("://")
        ? fetched(address, sha256, config, store, progress)
        : local(Path.of(checkpoint), sha256, config);
  }

  private static ImportedWeights fetched(
      String address,
      @Nullable String sha256,
      Path config,
      WeightsStore store,
      DownloadProgress progress) {
    WeightsConfig wanted;
    try {
      wanted = new WeightsConfig(null, address, sha256, null, null, null, null);
    } catch (ConfigException e) {
      throw new ConfigException(
          WHERE,
          String.valueOf(e.getMessage()),
          "Name it with --sha256, or name a file that is here.");
    }
    Path folder = config.toAbsolutePath().normalize().resolveSibling("");
    WeightsStore.Found found =
        store
            .find(wanted, WHERE, folder, ConfigLoader.rootOf(config).toAbsolutePath(), progress)
            .orElseThrow();
    return new ImportedWeights(
        new ComponentTree().with("url", address).with("sha256", found.sha256()).map(), null);
  }

  private static ImportedWeights local(Path file, @Nullable String sha256, Path config) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          WHERE,
          "there is no file '" + file + "'.",
          "Name a checkpoint (.pth, .pkl), or its https address.");
    }
    String found;
    try {
      found = Sha256.of(file);
    } catch (IOException e) {
      throw new ConfigException(WHERE, file + " cannot be read.", "Check its access rights.");
    }
    if (sha256 != null && !found.equals(sha256.toLowerCase(Locale.ROOT))) {
      throw new ConfigException(
          WHERE,
          file + " has sha256 " + found + ", expected " + sha256 + ".",
          "It is another file than you mean.");
    }
    Path absolute = file.toAbsolutePath().normalize();
    Path folder = config.toAbsolutePath().normalize().resolveSibling("");
    boolean inside = absolute.startsWith(ConfigLoader.rootOf(config).toAbsolutePath().normalize());
    String name = (inside ? folder.relativize(absolute) : absolute.getFileName()).toString();
    return new ImportedWeights(
        new ComponentTree().with("file", name).with("sha256", found).map(),
        inside ? null : absolute.getParent());
  }
}
