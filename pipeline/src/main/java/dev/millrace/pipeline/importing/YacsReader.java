package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.config.Texts;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a configuration of yacs as plain data. Its library loads YAML with Python's whole
 * vocabulary, which can run programs; here a tag other than {@code !!python/tuple} is refused, but
 * for the one expression of Detectron2's {@code Base-RetinaNet.yaml} ({@link OctaveSizes}). Aliases
 * are followed, since dumps hold them, up to a number of values.
 */
final class YacsReader {
  static final int MAX_BYTES = 256 * 1024;
  static final int MAX_DEPTH = 32;
  static final int MAX_VALUES = 50_000;

  private static final String STANDARD = "tag:yaml.org,2002:";
  private static final Set<String> PLAIN_TAGS =
      Set.of("str", "int", "float", "bool", "null", "seq", "map", "python/tuple", "python/unicode");

  /** YAML 1.1's words, which PyYAML knows. */
  private static final Set<String> TRUE = Set.of("true", "yes", "on");

  private static final Set<String> FALSE = Set.of("false", "no", "off");
  private static final Set<String> NULLS = Set.of("", "~", "null");

  /**
   * @param values how many there are in it, itself included
   */
  private record Counted(@Nullable Object value, int values) {}

  private final String source;
  private final Iterator<Event> events;
  private final Map<Anchor, Counted> anchors = new HashMap<>();
  private int values;

  private YacsReader(String source, Iterator<Event> events) {
    this.source = source;
    this.events = events;
  }

  /**
   * @param source how messages name the file
   * @return by key; values are String, Integer, Long, Double, Boolean, List, Map or null
   * @throws ConfigException if it is no YAML, too large, or not only data
   */
  static Map<String, Object> read(byte[] bytes, String source) {
    if (bytes.length > MAX_BYTES) {
      throw new ConfigException(
          source,
          "the file has more than the " + MAX_BYTES + " bytes allowed.",
          "Check that it is a configuration at all.");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ConfigException(
          source, "this is not UTF-8 text.", "Name the YAML file of a Detectron2 configuration.");
    }
    LoadSettings settings = LoadSettings.builder().setLabel(source).build();
    try {
      return new YacsReader(source, new Parse(settings).parseString(text).iterator()).document();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      throw new ConfigException(
          mark.map(m -> place(source, m)).orElse(source),
          "this is not YAML: " + Texts.clause(String.valueOf(e.getProblem())) + ".",
          "Name the YAML file of a Detectron2 configuration; its lazy ones (.py) cannot be read.");
    } catch (YamlEngineException e) {
      throw new ConfigException(
          source,
          "this is not YAML: " + Texts.clause(String.valueOf(e.getMessage())) + ".",
          "Name the YAML file of a Detectron2 configuration.");
    }
  }

  private Map<String, Object> document() {
    Map<String, Object> root = null;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent) {
        if (root != null) {
          throw refuse(event, "a second document begins.", "Keep one document to a file.");
        }
        root = root(events.next());
      }
    }
    if (root == null) {
      throw new ConfigException(
          source, "the file is empty.", "Name the YAML file of a Detectron2 configuration.");
    }
    return root;
  }

  @SuppressWarnings("unchecked") // mapping() makes keys text
  private Map<String, Object> root(Event event) {
    Object value = value(event, 0).value();
    if (!(value instanceof Map<?, ?> map)) {
      throw refuse(
          event,
          "expected a map with keys such as MODEL, found " + Texts.found(value) + ".",
          "Name the YAML file of a Detectron2 configuration.");
    }
    return (Map<String, Object>) map;
  }

  private Counted value(Event event, int depth) {
    if (event instanceof AliasEvent alias) {
      Counted known = anchors.get(alias.getAlias());
      if (known == null) {
        throw refuse(
            event,
            "the alias *" + alias.getAlias().getValue() + " names nothing that was said before.",
            "Write the value out.");
      }
      count(event, known.values());
      return known;
    }
    int before = values;
    count(event, 1);
    if (depth == MAX_DEPTH) {
      throw refuse(
          event, "values are nested deeper than " + MAX_DEPTH + " levels.", "Flatten them.");
    }
    Object value;
    if (event instanceof ScalarEvent scalar) {
      value = scalar(scalar);
    } else if (event instanceof SequenceStartEvent start) {
      value = sequence(start, depth);
    } else {
      value = mapping(event, depth);
    }
    Counted counted = new Counted(value, values - before);
    if (event instanceof NodeEvent node) {
      node.getAnchor().ifPresent(anchor -> anchors.put(anchor, counted));
    }
    return counted;
  }

  private void count(Event event, int more) {
    values += more;
    if (values > MAX_VALUES) {
      throw refuse(
          event,
          "there are more than " + MAX_VALUES + " values, aliases followed.",
          "Check that it is a configuration at all.");
    }
  }

  private @Nullable Object scalar(ScalarEvent event) {
    plainTag(event, event.getTag());
    String text = event.getValue();
    if (event.getTag().filter(tag -> tag.equals(STANDARD + "str")).isPresent()) {
      return text;
    }
    if (event.isPlain()) {
      String word = text.toLowerCase(Locale.ROOT);
      if (NULLS.contains(word)) {
        return null;
      }
      if (TRUE.contains(word) || FALSE.contains(word)) {
        return TRUE.contains(word);
      }
    }
    // As yacs does it, also with text in quotes.
    Optional<PythonLiteral.Value> literal = PythonLiteral.of(text);
    return literal.isPresent() ? literal.get().value() : text;
  }

  private Object sequence(SequenceStartEvent start, int depth) {
    boolean expression =
        start.getTag().filter(tag -> tag.equals(STANDARD + OctaveSizes.TAG)).isPresent();
    if (!expression) {
      plainTag(start, start.getTag());
    }
    List<@Nullable Object> items = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
      items.add(value(e, depth + 1).value());
    }
    if (!expression) {
      return items;
    }
    return OctaveSizes.of(items).orElseThrow(() -> refuseTag(start, STANDARD + OctaveSizes.TAG));
  }

  private Object mapping(Event start, int depth) {
    plainTag(start, ((CollectionStartEvent) start).getTag());
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      if (!(e instanceof ScalarEvent key) || key.getValue().isEmpty()) {
        throw refuse(e, "a key must be a word.", "Write 'KEY: value'.");
      }
      plainTag(e, key.getTag());
      if (key.getValue().equals("<<")) {
        throw refuse(e, "a merge key << is not followed.", "Write its values out.");
      }
      Object value = value(events.next(), depth + 1).value();
      if (entries.containsKey(key.getValue())) {
        throw refuse(
            e, "the key '" + Texts.shown(key.getValue()) + "' stands here twice.", "Remove one.");
      }
      entries.put(key.getValue(), value);
    }
    return entries;
  }

  private void plainTag(Event event, Optional<String> tag) {
    if (tag.isPresent()
        && !(tag.get().startsWith(STANDARD)
            && PLAIN_TAGS.contains(tag.get().substring(STANDARD.length())))) {
      throw refuseTag(event, tag.get());
    }
  }

  private ConfigException refuseTag(Event event, String tag) {
    return refuse(
        event,
        "the tag " + Texts.shown(tag.replace(STANDARD, "!!")) + " asks to run Python.",
        "Write the value out; the config.yaml that training puts into OUTPUT_DIR has all of them.");
  }

  private ConfigException refuse(Event event, String problem, String remedy) {
    String where = event.getStartMark().map(m -> place(source, m)).orElse(source);
    return new ConfigException(where, problem, remedy);
  }

  private static String place(String source, Mark mark) {
    return source + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }
}
