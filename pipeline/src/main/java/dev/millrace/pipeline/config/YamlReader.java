package dev.millrace.pipeline.config;

import dev.millrace.components.ConfigException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
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
 * Reads one small YAML document and refuses what a configuration never needs: aliases (which can
 * unfold to gigabytes), anchors, tags (which can name Java classes), duplicate keys, several
 * documents, depth. It reads events, because above them an alias looks like a string and a tag like
 * nothing.
 */
final class YamlReader {
  static final int MAX_BYTES = 256 * 1024;
  static final int MAX_DEPTH = 32;

  private final String source;
  private final Iterator<Event> events;

  private YamlReader(String source, Iterator<Event> events) {
    this.source = source;
    this.events = events;
  }

  /**
   * @param source how messages name the file
   */
  static Node read(byte[] bytes, String source) {
    if (bytes.length > MAX_BYTES) {
      throw new ConfigException(
          source,
          "the file has more than the " + MAX_BYTES + " bytes allowed.",
          "Split it with _BASE_, or check that it is a configuration at all.");
    }
    return parse(text(bytes, source), source);
  }

  /** Reads a value that has no file, such as one from the command line or a default. */
  static Node parse(String text, String source) {
    LoadSettings settings = LoadSettings.builder().setLabel(source).build();
    try {
      return new YamlReader(source, new Parse(settings).parseString(text).iterator()).document();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      String context = e.getContext() == null ? "" : e.getContext() + ": ";
      throw new ConfigException(
          mark.map(m -> place(source, m)).orElse(new Place(source)).toString(),
          "this is not YAML: " + Texts.clause(context + e.getProblem()) + ".",
          "Indent with spaces, close what is open, and quote text that contains ': ', '#' or '%'.");
    } catch (YamlEngineException e) {
      throw new ConfigException(
          source,
          "this is not YAML: " + Texts.clause(String.valueOf(e.getMessage())) + ".",
          "Save it as plain UTF-8 text.");
    }
  }

  private static String text(byte[] bytes, String source) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ConfigException(
          source, "this is not UTF-8 text.", "Save it as plain UTF-8 text without binary data.");
    }
  }

  private Node document() {
    @Nullable Node root = null;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent) {
        if (root != null) {
          throw refuse(
              event, "", "a second document begins.", "Keep one document to a file: remove '---'.");
        }
        root = value(events.next(), null, "", 0);
      }
    }
    if (root == null) {
      throw new ConfigException(
          source, "the file is empty.", "It needs at least the key model, or _BASE_.");
    }
    return root;
  }

  private Node value(Event event, @Nullable Place key, String path, int depth) {
    refuseIndirection(event, path);
    Place place = key == null ? place(event) : key;
    if (event instanceof ScalarEvent scalar) {
      return new Node.Scalar(place, scalar(scalar, path));
    }
    if (depth == MAX_DEPTH) {
      throw refuse(
          event, "", "values are nested deeper than " + MAX_DEPTH + " levels.", "Flatten them.");
    }
    return event instanceof SequenceStartEvent
        ? sequence(place, path, depth)
        : mapping(place, path, depth);
  }

  private @Nullable Object scalar(ScalarEvent event, String path) {
    try {
      return event.isPlain() ? PlainScalar.of(event.getValue()) : event.getValue();
    } catch (NumberFormatException e) {
      throw refuse(
          event,
          path,
          Texts.shown(event.getValue()) + " has more than 64 bits.",
          "Quote it if it is text.");
    }
  }

  private Node sequence(Place place, String path, int depth) {
    List<Node> items = new ArrayList<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
      items.add(value(e, null, path + "[" + items.size() + "]", depth + 1));
    }
    return new Node.Sequence(place, items);
  }

  private Node mapping(Place place, String path, int depth) {
    Map<String, Node> entries = new LinkedHashMap<>();
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      refuseIndirection(e, path);
      if (!(e instanceof ScalarEvent key) || key.getValue().isEmpty()) {
        throw refuse(e, path, "a key must be a word.", "Write 'key: value'.");
      }
      String inner = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      Node value = value(events.next(), place(e), inner, depth + 1);
      Node earlier = entries.putIfAbsent(key.getValue(), value);
      if (earlier != null) {
        throw refuse(
            e,
            inner,
            "this key stands here twice; the first is at line " + earlier.place().line() + ".",
            "Remove one of them.");
      }
    }
    return new Node.Mapping(place, entries);
  }

  private void refuseIndirection(Event event, String path) {
    if (event instanceof AliasEvent alias) {
      throw refuse(
          event,
          path,
          "the YAML alias *" + alias.getAlias().getValue() + " is not allowed.",
          "Write the value out, or share it through a file named in _BASE_.");
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      throw refuse(
          event,
          path,
          "the YAML anchor &" + node.getAnchor().get().getValue() + " is not allowed.",
          "Remove it; to share values name a file in _BASE_.");
    }
    Optional<String> tag =
        event instanceof ScalarEvent scalar
            ? scalar.getTag()
            : event instanceof CollectionStartEvent start ? start.getTag() : Optional.empty();
    if (tag.isPresent()) {
      throw refuse(
          event,
          path,
          "the YAML tag " + Texts.shown(tag.get()) + " is not allowed.",
          "Remove it; quote a value that must be text.");
    }
  }

  private ConfigException refuse(Event event, String path, String problem, String remedy) {
    return new ConfigException(place(event).with(path), problem, remedy);
  }

  private Place place(Event event) {
    return event.getStartMark().map(m -> place(source, m)).orElse(new Place(source));
  }

  private static Place place(String source, Mark mark) {
    return new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
