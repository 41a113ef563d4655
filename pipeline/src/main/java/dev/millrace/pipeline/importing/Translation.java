package dev.millrace.pipeline.importing;

import dev.millrace.components.Registries;
import dev.millrace.pipeline.config.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the translators of one configuration share: its keys, and what became of them. */
final class Translation {
  private static final Map<String, String> NORMS =
      Map.of("SyncBN", "BN", "nnSyncBN", "BN", "naiveSyncBN", "BN");
  private static final Set<String> NORM_NAMES = Set.of("", "BN", "FrozenBN", "GN");

  private final YacsConfig config;
  private final Registries registries;
  private final List<Untranslated> untranslated = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param registries what a name may mean that is not Detectron2's own
   */
  Translation(YacsConfig config, Registries registries) {
    this.config = config;
    this.registries = registries;
  }

  YacsConfig config() {
    return config;
  }

  List<Untranslated> untranslated() {
    return untranslated;
  }

  List<String> notes() {
    return notes;
  }

  void note(String sentence) {
    if (!notes.contains(sentence)) {
      notes.add(sentence);
    }
  }

  /** What the model cannot do without, and what is not to be had; each key once. */
  void cannot(String key, String reason) {
    config.skip(key);
    if (untranslated.stream().anyMatch(u -> u.key().equals(key))) {
      return;
    }
    untranslated.add(new Untranslated(key, PlainYaml.inline(config.peek(key)), true, reason));
  }

  /** What only training would need. */
  void leaveOut(String key, String reason) {
    config.skip(key);
    untranslated.add(new Untranslated(key, PlainYaml.inline(config.peek(key)), false, reason));
  }

  /**
   * What a name of Detectron2 is called here.
   *
   * @param kind where a name that is not in {@code known} may be registered
   * @param known Detectron2's names to ours
   * @return the name itself if nobody knows it
   */
  String component(Class<?> kind, String key, Map<String, String> known) {
    String name = config.text(key);
    String ours = known.get(name);
    if (ours != null) {
      return ours;
    }
    boolean registered =
        registries.all().stream()
            .filter(registry -> registry.kind() == kind)
            .flatMap(registry -> registry.entries().stream())
            .anyMatch(entry -> entry.name().equals(name));
    if (registered) {
      note(
          key
              + " "
              + name
              + " became the registered component of that name; its arguments are yours");
    } else {
      cannot(
          key,
          "known are "
              + Texts.list(known.keySet().stream().sorted().toList())
              + ", and no plugin registers this name; --plugins DIR adds yours");
    }
    return name.isEmpty() ? "none" : name;
  }

  /** A normalisation's name. */
  String norm(String key) {
    String name = config.text(key);
    String same = NORMS.get(name);
    if (same != null) {
      note(key + " " + name + " became " + same + ", which it is on one device");
      return same;
    }
    if (!NORM_NAMES.contains(name)) {
      cannot(key, "normalisations are BN, FrozenBN, GN and '' (none)");
    }
    return name;
  }
}
