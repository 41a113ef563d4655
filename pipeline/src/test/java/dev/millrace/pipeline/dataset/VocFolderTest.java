package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class VocFolderTest {

  private static final List<ObjectClass> CLASSES =
      List.of(new ObjectClass("cat", 7), new ObjectClass("dog", 9));
  private static final String CAT =
      "<object><name>cat</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>3</ymin>"
          + "<xmax>10</xmax><ymax>8</ymax></bndbox></object>";

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("Annotations"));
    Files.createDirectories(folder.resolve("JPEGImages"));
    Files.createDirectories(folder.resolve("ImageSets/Main"));
    split("train", "a\nb\n");
    split("val", "c\n");
    for (String name : List.of("a", "b", "c")) {
      annotate(name, CAT);
      ImageIO.write(
          new BufferedImage(20, 12, BufferedImage.TYPE_3BYTE_BGR),
          "jpg",
          folder.resolve("JPEGImages").resolve(name + ".jpg").toFile());
    }
  }

  private void split(String name, String content) throws IOException {
    Files.writeString(folder.resolve("ImageSets/Main").resolve(name + ".txt"), content);
  }

  private void annotate(String name, String objects) throws IOException {
    Files.writeString(
        folder.resolve("Annotations").resolve(name + ".xml"),
        "<annotation><size><width>20</width><height>12</height></size>"
            + objects
            + "</annotation>");
  }

  private Dataset open(String... splits) {
    return new Datasets(List.of()).open(folder.toString(), List.of(splits), CLASSES);
  }

  @Test
  void pixelsAreCountedFromOneAndTheLastIsInside() {
    LabelledFrame picture = open("train").load(0);
    assertThat(picture.frame().width()).isEqualTo(20);
    assertThat(picture.boxes()).containsExactly(new TrueBox(1, 7, 0, 2, 10, 8, 60, false));
  }

  @Test
  void splitsAreJoinedInTheirOrder() {
    assertThat(open("val", "train").images())
        .extracting(Image::fileName)
        .containsExactly("c.jpg", "a.jpg", "b.jpg");
    assertThat(open("train").images().get(0)).isEqualTo(new Image(1, "a.jpg", 20, 12));
    assertThat(open("train").categories())
        .containsExactly(new Category(7, "cat"), new Category(9, "dog"));
  }

  @Test
  void whatIsDifficultOrHasNoInsideNeedNotBeFound() throws IOException {
    annotate(
        "a",
        CAT.replace("<difficult>0", "<difficult>1") + CAT.replace("<xmax>10", "<xmax>0") + CAT);
    assertThat(open("train").load(0).boxes())
        .extracting(TrueBox::crowd)
        .containsExactly(true, true, false);
  }

  @Test
  void splitsAndNamesThatAreNotThereAreTold() throws IOException {
    assertThatThrownBy(this::open)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Name some of [train, val]");
    assertThatThrownBy(() -> open("tset"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no split 'tset'")
        .hasMessageContaining("[train, val]");
    assertThatThrownBy(() -> open("../Main/train")).isInstanceOf(ConfigException.class);
    split("evil", "../../secret\n");
    assertThatThrownBy(() -> open("evil"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no name of a picture");
    split("more", "d\n");
    assertThatThrownBy(() -> open("more"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("d.xml")
        .hasMessageContaining("no such annotation");
    annotate("d", CAT);
    Dataset without = open("more");
    assertThatThrownBy(() -> without.load(0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("d.jpg")
        .hasMessageContaining("no such file");
    annotate("d", CAT.replace("cat", "cart"));
    assertThatThrownBy(() -> open("more"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("an object is called 'cart'")
        .hasMessageContaining("[cat, dog]");
  }

  @Test
  void aPictureOfAnotherSizeIsRefused() throws IOException {
    ImageIO.write(
        new BufferedImage(21, 12, BufferedImage.TYPE_3BYTE_BGR),
        "jpg",
        folder.resolve("JPEGImages/a.jpg").toFile());
    assertThatThrownBy(() -> open("train").load(0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("20 x 12")
        .hasMessageContaining("21 x 12");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <!DOCTYPE a [<!ENTITY e "x">]><annotation><object><name>&e;</name></object></annotation> | entity
          <!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation><x>&e;</x></annotation> | entity
          <annotation><object></annotation> | no XML
          <annotation> | no XML
          not XML at all | no XML
          <annotation><object><bndbox/></object></annotation> | without a name
          <annotation><object><name>cat</name></object></annotation> | without bndbox/xmin
          """)
  void hostileOrBrokenFilesAreRefusedInALine(String content, String expected) throws IOException {
    Files.writeString(folder.resolve("Annotations/a.xml"), content);
    assertThatThrownBy(() -> open("train"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a.xml")
        .hasMessageContaining(expected)
        .hasMessageNotContaining("root:");
  }

  @Test
  void whatIsTooLargeOrTooDeepIsNotRead() throws IOException {
    annotate("a", " ".repeat(1 << 20));
    assertThatThrownBy(() -> open("train"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("at most 1048576 bytes");
    annotate("a", "<x>".repeat(1000) + "</x>".repeat(1000));
    assertThatThrownBy(() -> open("train"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("in each other");
    annotate("a", CAT.replace("<xmin>1<", "<xmin>1e99<"));
    assertThatThrownBy(() -> open("train"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bndbox/xmin: expected a number of pixels");
  }

  @Test
  void bloodCells() {
    String assets = System.getenv().getOrDefault("MILLRACE_ASSETS", "");
    Path bccd =
        (assets.isEmpty()
                ? Path.of(System.getProperty("millrace.root"), "..", "shared", "assets")
                : Path.of(assets))
            .resolve("datasets/bccd");
    Assumptions.assumeTrue(Files.isDirectory(bccd), "the assets are not here");
    List<ObjectClass> cells =
        List.of(
            new ObjectClass("RBC", 1), new ObjectClass("WBC", 2), new ObjectClass("Platelets", 3));
    Datasets datasets = new Datasets(List.of(bccd.getParent()));
    assertThat(datasets.open("bccd", List.of("train", "val"), cells).images()).hasSize(205 + 87);
    Dataset test = datasets.open("bccd", List.of("test"), cells);
    assertThat(test.images()).hasSize(72);
    Map<Long, Long> counts =
        java.util.stream.IntStream.range(0, 72)
            .mapToObj(test::load)
            .flatMap(picture -> picture.boxes().stream())
            .collect(Collectors.groupingBy(TrueBox::categoryId, Collectors.counting()));
    assertThat(counts.keySet()).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(counts.get(1L)).isGreaterThan(500);
    assertThat(counts.get(2L)).isBetween(70L, 90L);
  }
}
