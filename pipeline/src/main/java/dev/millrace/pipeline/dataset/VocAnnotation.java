package dev.millrace.pipeline.dataset;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final int MOST_BYTES = 1 << 20;
  private static final int DEEPEST = 16;
  private static final Pattern ENCODING =
      Pattern.compile(
          "(?:\u00ef\u00bb\u00bf)?<\\?xml[^>]{0,100}\\sencoding=[\"']([^\"'>]{0,100})[\"']");

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
    try {
      XMLStreamReader xml = factory().createXMLStreamReader(new StringReader(text(file)));
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

  /** Decoded here: of bytes that are none of its charset, Java's reader complains on stderr. */
  private static String text(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw problem(file, null, "an annotation has at most " + MOST_BYTES + " bytes");
    }
    Matcher declared = ENCODING.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    String charset = declared.lookingAt() ? declared.group(1) : "UTF-8";
    try {
      String text = Charset.forName(charset).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (IllegalArgumentException e) {
      throw problem(file, null, "there is no encoding " + Excerpt.of(charset));
    } catch (CharacterCodingException e) {
      throw problem(file, null, "its bytes are no " + charset);
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
          length("annotation/size/width"), length("annotation/size/height"), List.copyOf(things));
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

    private int length(String key) {
      double pixels = number(size, key, 0);
      if (pixels < 0) {
        throw problem(file, xml, key + ": expected no negative number, found " + pixels);
      }
      return (int) pixels;
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
        throw problem(file, xml, key + ": expected a number, found " + Excerpt.of(text));
      }
      throw problem(file, xml, key + ": expected a number of pixels, found " + Excerpt.of(text));
    }
  }
}
