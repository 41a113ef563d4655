package dev.millrace.pipeline.dataset;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One XML file of Pascal VOC. Its document type and entities are not followed.
 *
 * @param width of the picture, or 0
 * @param height of the picture, or 0
 */
record VocAnnotation(int width, int height, List<Thing> things) {

  private static final long MOST_BYTES = 1 << 20;
  private static final int DEEPEST = 16;

  /** An object, its box as the file has it. */
  record Thing(
      String name, boolean difficult, double xmin, double ymin, double xmax, double ymax) {}

  /**
   * @throws ConfigException saying where in the file what is wrong
   */
  static VocAnnotation read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file.toString(),
          "a split lists this picture, but there is no such annotation.",
          "Check the folder Annotations.");
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MOST_BYTES) {
        throw problem(file, null, "an annotation has at most " + MOST_BYTES + " bytes");
      }
      XMLStreamReader xml = factory().createXMLStreamReader(in);
      try {
        return new Reading(file, xml).annotation();
      } finally {
        xml.close();
      }
    } catch (XMLStreamException e) {
      String message = String.valueOf(e.getMessage());
      throw problem(file, null, "no XML: " + message.substring(message.lastIndexOf('\n') + 1));
    } catch (IOException e) {
      throw problem(file, null, "it cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    return factory;
  }

  private static ConfigException problem(Path file, @Nullable XMLStreamReader at, String what) {
    String where = at == null ? "" : ":" + at.getLocation().getLineNumber();
    return new ConfigException(file + where, what + ".", null);
  }

  /** One pass over a file. */
  private static final class Reading {
    private final Path file;
    private final XMLStreamReader xml;
    private final Deque<String> path = new ArrayDeque<>();
    private final Map<String, String> size = new HashMap<>();
    private final List<Thing> things = new ArrayList<>();
    private Map<String, String> thing = new HashMap<>();

    Reading(Path file, XMLStreamReader xml) {
      this.file = file;
      this.xml = xml;
    }

    VocAnnotation annotation() throws XMLStreamException {
      StringBuilder text = new StringBuilder();
      while (xml.hasNext()) {
        switch (xml.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            path.addLast(xml.getLocalName());
            if (path.size() > DEEPEST) {
              throw problem(file, xml, "more than " + DEEPEST + " elements in each other");
            }
            text.setLength(0);
          }
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
              text.append(xml.getText());
          case XMLStreamConstants.ENTITY_REFERENCE ->
              throw problem(file, xml, "an entity, which is not followed");
          case XMLStreamConstants.END_ELEMENT -> {
            end(String.join("/", path), text.toString().strip());
            path.removeLast();
            text.setLength(0);
          }
          default -> {}
        }
      }
      return new VocAnnotation(
          (int) number(size, "annotation/size/width", 0),
          (int) number(size, "annotation/size/height", 0),
          List.copyOf(things));
    }

    private void end(String where, String text) {
      if (where.startsWith("annotation/size/")) {
        size.put(where, text);
      } else if (where.equals("annotation/object")) {
        things.add(thing());
        thing = new HashMap<>();
      } else if (where.startsWith("annotation/object/")) {
        thing.put(where.substring("annotation/object/".length()), text);
      }
    }

    private Thing thing() {
      String name = thing.getOrDefault("name", "");
      if (name.isEmpty()) {
        throw problem(file, xml, "an object without a name");
      }
      return new Thing(
          name,
          thing.getOrDefault("difficult", "0").equals("1"),
          corner("xmin"),
          corner("ymin"),
          corner("xmax"),
          corner("ymax"));
    }

    private double corner(String name) {
      String key = "bndbox/" + name;
      if (!thing.containsKey(key)) {
        throw problem(file, xml, "an object without " + key);
      }
      return number(thing, key, 0);
    }

    private double number(Map<String, String> values, String key, double standard) {
      String text = values.get(key);
      if (text == null) {
        return standard;
      }
      try {
        double value = Double.parseDouble(text);
        if (Double.isFinite(value) && Math.abs(value) < 1e6) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw problem(file, xml, key + ": expected a number, found '" + shown(text) + "'");
      }
      throw problem(file, xml, key + ": expected a number of pixels, found '" + shown(text) + "'");
    }

    private static String shown(String text) {
      return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
  }
}
