package dev.millrace.components.checkpoint;

import dev.millrace.components.ConfigException;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file that a {@link WeightsConfig} names: beside the configuration, in the folders of
 * {@code MILLRACE_WEIGHTS}, in the cache, and at last at its https address. Blocks while it
 * downloads; any thread.
 *
 * <ul>
 *   <li>A path with folders is relative to the configuration file and stays inside the
 *       configuration root. Absolute paths are refused: a configuration may come from elsewhere.
 *   <li>A bare name is looked for beside the configuration file, then in each folder of {@code
 *       MILLRACE_WEIGHTS} in order.
 *   <li>A file with another hash than the configuration's is refused, not passed over. Where there
 *       is an address without a hash, the start of it in the address's file name counts.
 * </ul>
 */
public final class WeightsStore {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long MOST_BYTES = 8L << 30;

  private final List<Path> folders;
  private final Path cache;
  private final Fetcher fetcher;
  private final boolean trustsCode;

  /** A file that is here, and the hash that it has. */
  public record Found(Path file, String sha256) {}

  WeightsStore(List<Path> folders, Path cache, Fetcher fetcher) {
    this(folders, cache, fetcher, false);
  }

  private WeightsStore(List<Path> folders, Path cache, Fetcher fetcher, boolean trustsCode) {
    this.trustsCode = trustsCode;
    this.folders = List.copyOf(folders);
    this.cache = cache;
    this.fetcher = fetcher;
  }

  /**
   * The store of this user: folders from {@code MILLRACE_WEIGHTS}, separated as in {@code PATH};
   * the cache in {@code MILLRACE_CACHE/weights}, else {@code ~/.cache/millrace/weights}.
   */
  public static WeightsStore ofEnvironment(Map<String, String> environment) {
    List<Path> folders = new ArrayList<>();
    for (String folder :
        environment.getOrDefault("MILLRACE_WEIGHTS", "").split(File.pathSeparator, -1)) {
      if (!folder.isBlank()) {
        folders.add(Path.of(folder.strip()));
      }
    }
    String cache = environment.get("MILLRACE_CACHE");
    Path root =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home", "."), ".cache", "millrace")
            : Path.of(cache);
    return new WeightsStore(
        folders,
        root.resolve("weights"),
        new HttpFetcher(PATIENCE),
        "true".equals(environment.get("MILLRACE_TRUST_CODE")));
  }

  /**
   * Whether this user lets files run code that they bring, as TorchScript does: {@code
   * MILLRACE_TRUST_CODE=true}. A configuration cannot say so.
   */
  public boolean trustsCode() {
    return trustsCode;
  }

  /**
   * Looks in every place in order and downloads where none has it.
   *
   * @param config what the configuration says
   * @param path where it says it, such as {@code model.weights}
   * @param configFolder the folder of the configuration file
   * @param configRoot the folder that its paths must stay in
   * @param progress is told how a download goes
   * @return the file, or empty if the configuration names neither file nor address
   * @throws ConfigException saying where it was looked for and what to do
   */
  public Optional<Found> find(
      WeightsConfig config,
      String path,
      Path configFolder,
      Path configRoot,
      DownloadProgress progress) {
    ExpectedHash expected = ExpectedHash.of(config);
    URI address = config.url() == null ? null : URI.create(config.url());
    if (config.file() == null && address == null) {
      return Optional.empty();
    }
    String file = config.file() == null ? name(address) : config.file();
    List<Path> places = places(file, path, configFolder, configRoot);
    for (Path place : places) {
      if (Files.isRegularFile(place)) {
        return Optional.of(verified(place, expected, path));
      }
    }
    if (expected.isUnknown() || address == null) {
      throw new ConfigException(
          path + ".file",
          "'" + file + "' was not found. Looked for: " + listed(places) + ".",
          "Put the file into one of these folders, or set MILLRACE_WEIGHTS to the folder that has"
              + " it.");
    }
    return Optional.of(
        cached(address, expected, Path.of(file).getFileName(), places, path, progress));
  }

  private Found cached(
      URI address,
      ExpectedHash expected,
      Path name,
      List<Path> places,
      String path,
      DownloadProgress progress) {
    Path target = cache.resolve(expected.folder()).resolve(name);
    try {
      if (Files.isRegularFile(target)) {
        String found = Sha256.of(target);
        if (expected.objection(target, found).isEmpty()) {
          return new Found(target, found);
        }
      }
      Download download = new Download(fetcher, progress, MOST_BYTES);
      return new Found(target, download.fetch(address, expected, target));
    } catch (IOException e) {
      throw new ConfigException(
          path,
          name
              + " is not here and could not be fetched from "
              + address
              + ": "
              + Problem.of(e)
              + ". Looked for: "
              + listed(places)
              + ", "
              + target
              + ".",
          "Put the file "
              + name
              + " "
              + expected.described()
              + " into a folder and set MILLRACE_WEIGHTS to that folder, or make the address"
              + " reachable.");
    }
  }

  private List<Path> places(String file, String path, Path configFolder, Path configRoot) {
    Path relative;
    try {
      relative = Path.of(file);
    } catch (InvalidPathException e) {
      throw new ConfigException(path + ".file", "'" + file + "' is no path.", null);
    }
    if (relative.isAbsolute() || relative.getFileName() == null || file.isBlank()) {
      throw new ConfigException(
          path + ".file",
          "'" + file + "' is not a path relative to the configuration file.",
          "Name only the file and set MILLRACE_WEIGHTS to its folder.");
    }
    Path beside = configFolder.resolve(relative).toAbsolutePath().normalize();
    if (!beside.startsWith(configRoot.toAbsolutePath().normalize())) {
      throw new ConfigException(
          path + ".file",
          "'" + file + "' leads out of the configuration root " + configRoot + ".",
          "Name only the file and set MILLRACE_WEIGHTS to its folder.");
    }
    List<Path> places = new ArrayList<>(List.of(beside));
    if (relative.getNameCount() == 1) {
      folders.forEach(folder -> places.add(folder.resolve(relative)));
    }
    return places;
  }

  private static Found verified(Path file, ExpectedHash expected, String path) {
    String found;
    Optional<String> objection;
    try {
      found = Sha256.of(file);
      objection = expected.objection(file, found);
    } catch (IOException e) {
      throw new ConfigException(
          path + ".file", file + " cannot be read: " + Problem.of(e) + ".", null);
    }
    if (objection.isPresent()) {
      throw new ConfigException(
          path + (expected.sha256() == null ? ".url" : ".sha256"),
          file + " " + objection.get() + ".",
          "It is another file than the configuration means: replace it, or correct the hash.");
    }
    return new Found(file, found);
  }

  private static String name(@Nullable URI address) {
    String all = address == null || address.getPath() == null ? "" : address.getPath();
    String last = all.substring(all.lastIndexOf('/') + 1);
    return last.matches("[0-9A-Za-z_-][0-9A-Za-z._-]{0,200}") ? last : "weights";
  }

  private static String listed(List<Path> places) {
    return places.stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}
