package dev.millrace.pipeline.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * Watches a configuration, every file that it inherits from, the plugins folder, and weights that
 * are to be followed. It looks at content a few times a second and not at file system events, which
 * ConfigMap mounts (a link is flipped), network file systems and editors (write beside, rename)
 * deliver each in another way, or not at all. Make it before the first load: what changes after its
 * constructor is told.
 */
public final class ConfigWatcher {
  /** Often enough for a person who saves and looks. */
  public static final Duration INTERVAL = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger(ConfigWatcher.class);

  private final ConfigLoader loader;
  private final Path file;
  private final @Nullable Path plugins;
  private final Supplier<Map<Path, String>> followed;
  private final Fingerprints fingerprints = new Fingerprints();
  private Set<Path> files;
  private Map<Path, String> following = Map.of();
  private Map<Path, String> told;
  private Map<Path, String> seen;

  /**
   * @param plugins the folder of jars, or null
   * @param followed files besides, asked for at each look, and the SHA-256 that each had when it
   *     was read: only another content is a change
   */
  public ConfigWatcher(
      ConfigLoader loader,
      Path file,
      @Nullable Path plugins,
      Supplier<Map<Path, String>> followed) {
    this.followed = followed;
    this.loader = loader;
    this.file = file;
    this.plugins = plugins;
    this.files = loader.files(file);
    this.told = snapshot();
    this.seen = told;
  }

  /**
   * The changes, each told once its content is equal for two looks, so that half a save is not
   * loaded. Never ends and never fails. One subscriber.
   *
   * @param scheduler where files are read, which blocks
   */
  public Flux<ConfigChange> changes(Duration interval, Scheduler scheduler) {
    return Flux.interval(interval, scheduler)
        .onBackpressureDrop()
        .handle((tick, sink) -> look().ifPresent(sink::next));
  }

  private Optional<ConfigChange> look() {
    try {
      follow(followed.get());
      Map<Path, String> now = snapshot();
      boolean resting = now.equals(seen);
      seen = now;
      return resting && !now.equals(told) ? change() : Optional.empty();
    } catch (RuntimeException e) {
      LOG.warn("Could not look at {}, trying again: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /** That somebody begins or ends to follow a file is no change of it. */
  private void follow(Map<Path, String> read) {
    if (read.equals(following)) {
      return;
    }
    Map<Path, String> marks = new TreeMap<>(told);
    marks.keySet().removeAll(following.keySet());
    marks.putAll(read);
    told = marks;
    following = read;
  }

  private Optional<ConfigChange> change() {
    Map<Path, String> before = told;
    files = loader.files(file); // an edit may have changed what it inherits from
    Map<Path, String> now = snapshot();
    told = now;
    seen = now;
    Set<Path> changed = new TreeSet<>(before.keySet());
    changed.addAll(now.keySet());
    changed.removeIf(path -> Objects.equals(before.get(path), now.get(path)));
    List<Path> lost = changed.stream().filter(p -> isUnreadable(now.get(p))).toList();
    boolean onlyLost = changed.stream().allMatch(p -> !now.containsKey(p) || lost.contains(p));
    if (!lost.isEmpty() && onlyLost) {
      Path first = lost.get(0);
      String why = now.getOrDefault(first, "").substring(Fingerprints.UNREADABLE.length());
      return Optional.of(
          new ConfigChange.Unreadable(
              first, "it " + why + "; what runs goes on until it is back."));
    }
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(new ConfigChange.Edited(Set.copyOf(changed)));
  }

  private static boolean isUnreadable(@Nullable String mark) {
    return mark != null && mark.startsWith(Fingerprints.UNREADABLE);
  }

  private Map<Path, String> snapshot() {
    Map<Path, String> marks = new TreeMap<>();
    for (Path watched : files) {
      marks.put(watched, fingerprints.of(watched));
    }
    for (Path watched : following.keySet()) {
      marks.put(watched, fingerprints.of(watched));
    }
    Path folder = plugins;
    if (folder != null) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
        jars.forEach(jar -> marks.put(jar, fingerprints.of(jar)));
      } catch (IOException e) {
        marks.put(folder, Fingerprints.UNREADABLE + "cannot be listed");
      }
    }
    return marks;
  }
}
