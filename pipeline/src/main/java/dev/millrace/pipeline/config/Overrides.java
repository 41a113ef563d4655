package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line's {@code -o model.postprocessor.threshold=0.7}: merged last, as a file with only
 * this key would be. A key that contains dots is quoted: {@code
 * source.properties."max.poll.records"=5}.
 */
final class Overrides {
  private static final Pattern SEGMENT = Pattern.compile("\\G(?:^|\\.)(?:\"([^\"]+)\"|([^.\"=]+))");

  private Overrides() {}

  static Node.Mapping apply(Node.Mapping tree, List<String> overrides) {
    Node result = tree;
    for (String override : overrides) {
      result = Inheritance.merge(result, parse(override), "");
    }
    return (Node.Mapping) result;
  }

  private static Node parse(String override) {
    String source = "--override " + Texts.shown(override);
    Matcher m = SEGMENT.matcher(override);
    List<String> keys = new ArrayList<>();
    int end = 0;
    while (m.find()) {
      keys.add(m.group(1) == null ? m.group(2) : m.group(1));
      end = m.end();
    }
    if (keys.isEmpty() || end >= override.length() || override.charAt(end) != '=') {
      throw new ConfigException(
          source, "expected key=value.", "Write for example pipeline.maxBatch=4.");
    }
    Place place = new Place(source);
    Node value = at(YamlReader.parse("- " + override.substring(end + 1), source), place);
    Collections.reverse(keys);
    for (String key : keys) {
      value = new Node.Mapping(place, Map.of(key, value));
    }
    return value;
  }

  /** The list's one item; line numbers mean nothing on a command line. */
  private static Node at(Node node, Place place) {
    if (node instanceof Node.Sequence list && list.items().size() == 1) {
      Node item = list.items().get(0);
      return item instanceof Node.Scalar scalar ? new Node.Scalar(place, scalar.value()) : item;
    }
    throw new ConfigException(place.toString(), "expected one value after '='.", null);
  }
}
