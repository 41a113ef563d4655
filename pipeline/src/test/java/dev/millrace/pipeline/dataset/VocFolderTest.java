package dev.millrace.pipeline.dataset;

import static java.util.stream.Collectors.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.pipeline.endtoend.Assets;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
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
  void namesThatWouldLeaveTheFolderAreNone() throws IOException {
    Path outside = Files.writeString(folder.resolve("secret.xml"), "<annotation/>");
    for (String name :
        List.of("../secret", outside.toString(), "..", ".", "a/../../secret", "a\u0000")) {
      split("evil", "a\n" + name + "\n");
      assertThatThrownBy(() -> open("evil"))
          .as(name)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("evil.txt")
          .hasMessageContaining("no name of a picture");
    }
    Files.writeString(folder.resolve("ImageSets/secret.txt"), "a\n");
    for (String name : List.of("../secret", "..", "", "train\u0000", folder + "/secret")) {
      assertThatThrownBy(() -> open(name))
          .as(name)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("no split");
    }
  }

  @Test
  void whatIsToldIsALineOfMeasuredLength() throws IOException {
    split("evil", "?".repeat(100_000) + "\n");
    assertThatThrownBy(() -> open("evil"))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).hasLineCount(1));
    annotate("a", CAT.replace("cat", "cat\nmillrace: all is well " + "!".repeat(100_000)));
    assertThatThrownBy(() -> open("train"))
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).hasLineCount(1));
  }

  @Test
  void listsThatAreNoneAreTold() throws IOException {
    split("empty", "\n  \n");
    assertThatThrownBy(() -> open("empty"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("this split has no pictures");
    Files.write(folder.resolve("ImageSets/Main/latin.txt"), new byte[] {'a', (byte) 0xe4, '\n'});
    assertThatThrownBy(() -> open("latin"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("latin.txt: this file cannot be read");
  }

  @Test
  void aNameOfCloseSpellingIsProposed() throws IOException {
    annotate("b", CAT.replace("cat", "dgo"));
    assertThatThrownBy(() -> open("train"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("b.xml: an object is called 'dgo'")
        .hasMessageEndingWith("Is dog meant?");
    annotate("b", CAT.replace("cat", "elephant"));
    assertThatThrownBy(() -> open("train")).hasMessageEndingWith("Add it to model.classes.");
  }

  /** VOC2007 has two for each class and split, with a mark after each name. */
  @Test
  void listsOfOneClassAreNotProposed() throws IOException {
    split("cat_train", "a  1\nb -1\n");
    split("dog_val", "c  1\n");
    split("my_own", "a\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("[my_own, train, val]");
  }

  private static final List<ObjectClass> CELLS =
      List.of(
          new ObjectClass("RBC", 1), new ObjectClass("WBC", 2), new ObjectClass("Platelets", 3));

  @Test
  void bloodCells() {
    Datasets datasets = new Datasets(List.of(Assets.path("datasets/bccd").getParent()));
    assertThat(datasets.open("bccd", List.of("train"), CELLS).images()).hasSize(205);
    assertThat(datasets.open("bccd", List.of("val"), CELLS).images()).hasSize(87);
    assertThat(datasets.open("bccd", List.of("test"), CELLS).images()).hasSize(72);
    Dataset all = datasets.open("bccd", List.of("train", "val", "test"), CELLS);
    assertThat(all.images()).extracting(Image::fileName).doesNotHaveDuplicates().hasSize(364);
    List<TrueBox> boxes =
        IntStream.range(0, 364)
            .mapToObj(all::load)
            .flatMap(
                picture -> {
                  assertThat(picture.frame().width()).isEqualTo(640);
                  assertThat(picture.frame().height()).isEqualTo(480);
                  return picture.boxes().stream();
                })
            .toList();
    assertThat(boxes.stream().collect(Collectors.groupingBy(TrueBox::categoryId, counting())))
        .isEqualTo(Map.of(1L, 4155L, 2L, 372L, 3L, 361L));
    assertThat(boxes)
        .noneMatch(TrueBox::crowd)
        .allMatch(box -> box.x1() >= 0 && box.y1() >= 0 && box.x2() <= 640 && box.y2() <= 480);
    // Two slips of the mouse; with the last pixel inside, even they have an inside.
    assertThat(boxes.stream().filter(box -> box.area() < 50).map(TrueBox::area))
        .containsExactlyInAnyOrder(1.0, 1.0);
  }
}
