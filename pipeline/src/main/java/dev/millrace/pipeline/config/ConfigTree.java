package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A merged configuration before binding: plain values, and where each was written. Immutable. */
public final class ConfigTree {
  private static final JsonMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  private static final Pattern LOCATED = Pattern.compile(".+:\\d+:\\d+( .*)?|--override .*");

  private final String source;
  private final Map<String, Object> values;
  private final Map<String, Place> places = new HashMap<>();

  ConfigTree(String source, Node.Mapping root) {
    this.source = source;
    this.values = values(root, "");
  }

  /** String, Integer, Long, Double, Boolean, List, Map and null, by key. */
  public Map<String, Object> values() {
    return values;
  }

  /**
   * {@code sha256:} and 64 hex digits over the values; the order of keys and comments do not count.
   */
  public String hash() {
    try {
      byte[] json = CANONICAL.writeValueAsString(values).getBytes(StandardCharsets.UTF_8);
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** The merged configuration as one YAML document, without bases. */
  public String yaml() {
    return YAMLMapper.builder().build().writeValueAsString(values);
  }

  /**
   * The same mistake with file, line and column before its path. A path that is not in the file (a
   * missing key, a component's default) is located at what encloses it.
   */
  public ConfigException locate(ConfigException mistake) {
    if (LOCATED.matcher(mistake.path()).matches() || mistake.path().startsWith(source + " ")) {
      return mistake;
    }
    String known = mistake.path();
    while (!known.isEmpty() && !places.containsKey(known)) {
      known =
          known.substring(0, Math.max(0, Math.max(known.lastIndexOf('.'), known.lastIndexOf('['))));
    }
    Place place = places.getOrDefault(known, new Place(source));
    return Mistakes.moved(mistake, place.with(mistake.path()));
  }

  /**
   * The file that a value stands in, as messages name it; empty where no file says it but the
   * command line or nobody.
   */
  public Optional<Path> fileOf(String path) {
    Place place = places.get(path);
    return place == null || place.line() == 0
        ? Optional.empty()
        : Optional.of(Path.of(place.source()));
  }

  private @Nullable Object value(Node node, String path) {
    places.put(path, node.place());
    if (node instanceof Node.Mapping map) {
      return values(map, path);
    }
    if (node instanceof Node.Sequence list) {
      List<@Nullable Object> items = new ArrayList<>();
      for (Node item : list.items()) {
        items.add(value(item, path + "[" + items.size() + "]"));
      }
      return items;
    }
    return ((Node.Scalar) node).value();
  }

  @SuppressWarnings("NullAway") // a map of YAML holds nulls; ComponentConfig says so in words
  private Map<String, Object> values(Node.Mapping map, String path) {
    Map<String, Object> result = new LinkedHashMap<>();
    map.entries()
        .forEach(
            (key, node) -> result.put(key, value(node, path.isEmpty() ? key : path + "." + key)));
    return result;
  }
}
