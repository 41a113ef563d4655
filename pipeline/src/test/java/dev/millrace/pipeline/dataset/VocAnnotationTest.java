package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.dataset.VocAnnotation.Thing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class VocAnnotationTest {

  private static final String GOOD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <annotation verified="yes">
        <filename>a.jpg</filename>
        <size><width>500</width><height>375</height><depth>3</depth></size>
        <object>
          <name>person</name><difficult>1</difficult>
          <bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>
          <part><name>head</name>
            <bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part>
        </object>
        <object>
          <name> <![CDATA[car]]> </name>
          <bndbox><ymax>8</ymax><ymin>7</ymin><xmax>6</xmax><xmin>5</xmin></bndbox>
        </object>
      </annotation>
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.xml");
  }

  private VocAnnotation read(String xml) throws IOException {
    return VocAnnotation.read(Files.writeString(file, xml));
  }

  @Test
  void objectsAreReadInTheirOrderAndTheirPartsPassedOver() throws IOException {
    VocAnnotation annotation = read(GOOD);
    assertThat(annotation.width()).isEqualTo(500);
    assertThat(annotation.height()).isEqualTo(375);
    assertThat(annotation.things())
        .containsExactly(
            new Thing("person", true, 1.5, 2, 30, 40), new Thing("car", false, 5, 7, 6, 8));
  }

  @Test
  void aSizeThatIsNotSaidIsThePictures() throws IOException {
    assertThat(read("<annotation/>").width()).isZero();
    assertThat(read("<annotation/>").things()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <ymin>2<      | <ymin>two<     | a.xml:10: bndbox/ymin: expected a number, found 'two'.
          <ymin>2<      | <ymin><        | a.xml:10: bndbox/ymin: expected a number, found ''.
          <ymin>2<      | <ymin>NaN<     | bndbox/ymin: expected a number of pixels, found 'NaN'.
          <ymin>2<      | <ymin>-1e300<  | bndbox/ymin: expected a number of pixels, found '-1e300'.
          <ymin>2</ymin>| <ymax>2</ymax> | an object without bndbox/ymin.
          <width>500<   | <width>wide<   | annotation/size/width: expected a number, found 'wide'.
          <width>500<   | <width>-500<   | annotation/size/width: expected no negative number, found -500
          <width>500<   | <width>1e9<    | annotation/size/width: expected a number of pixels
          >person<      | > <            | a.xml:10: an object without a name.
          """)
  void mistakesAreToldWithTheirLine(String good, String bad, String words) throws IOException {
    assertThat(GOOD).contains(good);
    String xml = GOOD.replaceFirst(java.util.regex.Pattern.quote(good), bad);
    assertThatThrownBy(() -> read(xml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(words);
  }

  @Test
  void noNumberIsShownAtLengthOrInSeveralLines() {
    String xml = GOOD.replace("<ymin>2<", "<ymin>" + "1\n2".repeat(1000) + "<");
    assertThatThrownBy(() -> read(xml))
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).hasLineCount(1));
  }

  @Test
  void aBombOfEntitiesDoesNotGoOff() throws IOException {
    StringBuilder bomb = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 \"boom\">");
    for (int i = 1; i < 30; i++) {
      String two = "&e" + (i - 1) + ";";
      bomb.append("<!ENTITY e").append(i).append(" \"").append(two.repeat(9)).append("\">");
    }
    bomb.append("]>");
    for (String use :
        new String[] {"<annotation><x>&e29;</x></annotation>", "<annotation x=\"&e29;\"/>"}) {
      assertThatThrownBy(() -> read(bomb + use))
          .isInstanceOf(ConfigException.class)
          .hasMessageNotContaining("boom")
          .as("not even begun, so that no limit of Java's ends it")
          .hasMessageNotContaining("JAXP")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).hasLineCount(1));
    }
  }

  @Test
  void theEncodingIsTheDeclaredOne() throws IOException {
    String xml = GOOD.replace("person", "b\u00e9b\u00e9");
    for (String charset : new String[] {"ISO-8859-1", "UTF-8"}) {
      Files.write(file, xml.replace("UTF-8", charset).getBytes(charset));
      assertThat(VocAnnotation.read(file).things().get(0).name()).isEqualTo("b\u00e9b\u00e9");
    }
    assertThat(read("\ufeff" + xml).things()).hasSize(2);
    Files.write(file, xml.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> VocAnnotation.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("a.xml: its bytes are no UTF-8.");
    assertThatThrownBy(() -> read(xml.replace("UTF-8", "EBCDIC or so")))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("there is no encoding 'EBCDIC or so'.");
  }

  /** Were they followed, a message would say what is in them. */
  @Test
  void documentTypesAndEntitiesOfOtherFilesAreNotFollowed() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "root:x:0:0");
    Path type = Files.writeString(folder.resolve("a.dtd"), "<!ENTITY e \"root:\">");
    assertThat(read("<!DOCTYPE annotation SYSTEM \"" + type.toUri() + "\"><annotation/>").things())
        .isEmpty();
    assertThat(read("<!DOCTYPE annotation SYSTEM \"http://127.0.0.1:1/x\"><annotation/>").things())
        .isEmpty();
    for (String declared :
        new String[] {
          "SYSTEM \"" + type.toUri() + "\"",
          "[<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]",
          "[<!ENTITY % p SYSTEM \"" + type.toUri() + "\"> %p;]"
        }) {
      String xml =
          "<!DOCTYPE annotation "
              + declared
              + "><annotation><object><name>car</name><bndbox><xmin>&e;</xmin></bndbox></object>"
              + "</annotation>";
      assertThatThrownBy(() -> read(xml))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("a.xml")
          .hasMessageNotContaining("root:");
    }
  }

  @Test
  void sixteenElementsInEachOtherAreEnough() throws IOException {
    assertThat(read("<a>".repeat(16) + "</a>".repeat(16)).things()).isEmpty();
    assertThatThrownBy(() -> read("<a>".repeat(17) + "</a>".repeat(17)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("more than 16 elements in each other");
  }

  @Test
  void aFileOfOneMebibyteIsReadAndALargerOneIsNot() throws IOException {
    String rest = " ".repeat((1 << 20) - GOOD.length());
    assertThat(read(GOOD + rest).things()).hasSize(2);
    assertThatThrownBy(() -> read(GOOD + rest + " "))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("at most 1048576 bytes");
  }

  /** Bytes changed, left out and doubled: either it is still an annotation, or a line says why. */
  @Test
  void whateverAFileHoldsItIsReadOrRefusedInALine() throws IOException {
    byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(bytes.length);
        int from = random.nextInt(bytes.length);
        int length = Math.min(random.nextInt(20), bytes.length - Math.max(at, from));
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> System.arraycopy(bytes, from, bytes, at, length);
          default -> bytes = java.util.Arrays.copyOf(bytes, at + 1);
        }
      }
      Files.write(file, bytes);
      try {
        VocAnnotation.read(file);
      } catch (ConfigException e) {
        refused++;
        assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
      }
    }
    assertThat(refused).isBetween(1000, 2999);
  }
}
