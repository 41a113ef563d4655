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
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetsTest {

  private static final List<ObjectClass> STREET =
      List.of(new ObjectClass("person", 1), new ObjectClass("car", 3));
  private static final String TINY = "&width=128&height=72";

  @TempDir Path folder;

  private static Dataset open(String address) {
    return new Datasets(List.of()).open(address, List.of(), STREET);
  }

  private void coco(String json, String pictures, String name) throws IOException {
    Path file = folder.resolve(json);
    Files.createDirectories(file.getParent());
    Files.createDirectories(folder.resolve(pictures));
    new CocoDataset(
            List.of(new Image(5, name, 8, 6)),
            List.of(new Category(3, "car")),
            List.of(new TrueBox(5, 3, 1, 1, 4, 5, 12, false)))
        .write(file);
    ImageIO.write(
        new BufferedImage(8, 6, BufferedImage.TYPE_3BYTE_BGR),
        "png",
        folder.resolve(pictures).resolve(name).toFile());
  }

  @Test
  void aCocoFolderByPathAndByName() throws IOException {
    coco("set/instances.json", "set/images", "a.png");
    LabelledFrame picture = open(folder.resolve("set").toString()).load(0);
    assertThat(picture.frame().height()).isEqualTo(6);
    assertThat(picture.boxes()).containsExactly(new TrueBox(5, 3, 1, 1, 4, 5, 12, false));
    Datasets named = Datasets.ofEnvironment(Map.of("MILLRACE_DATASETS", "/nowhere:" + folder));
    assertThat(named.open("set", List.of(), STREET).images()).hasSize(1);
    assertThatThrownBy(() -> named.open("sets", List.of(), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("sets: there is no such folder")
        .hasMessageContaining(folder.resolve("sets").toString())
        .hasMessageContaining("MILLRACE_DATASETS");
  }

  @Test
  void aCocoFolderWithSplits() throws IOException {
    coco("annotations/instances_val2017.json", "val2017", "a.png");
    Datasets datasets = new Datasets(List.of());
    assertThat(datasets.open(folder.toString(), List.of("val2017"), STREET).load(0).boxes())
        .hasSize(1);
    assertThatThrownBy(() -> datasets.open(folder.toString(), List.of("val2018"), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("instances_val2018.json: there is no such file");
    assertThatThrownBy(() -> datasets.open(folder.toString(), List.of(), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("instances.json: there is no such file");
    assertThatThrownBy(
            () -> datasets.open(folder.toString(), List.of("val2017", "train2017"), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("one split at a time");
    assertThatThrownBy(() -> datasets.open(folder.toString(), List.of("../x"), STREET))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void aDatasetThatTheModelKnowsNothingOfIsRefused() throws IOException {
    coco("set/instances.json", "set/images", "a.png");
    assertThatThrownBy(
            () ->
                new Datasets(List.of(folder))
                    .open("set", List.of(), List.of(new ObjectClass("zebra", 24))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none of its categories (3 car) is a class of the model (24 zebra).");
  }

  @Test
  void picturesOfACocoSplitMayLieInImages() throws IOException {
    coco("annotations/instances_val.json", "images", "a.png");
    Dataset dataset = new Datasets(List.of()).open(folder.toString(), List.of("val"), STREET);
    assertThat(dataset.load(0).boxes()).hasSize(1);
    assertThat(dataset.name()).isEqualTo(folder + " (val)");
  }

  @Test
  void aVocFolderByName() throws IOException {
    Files.createDirectories(folder.resolve("voc/ImageSets/Main"));
    Files.createDirectories(folder.resolve("voc/Annotations"));
    Files.writeString(folder.resolve("voc/ImageSets/Main/val.txt"), "a\n");
    Files.writeString(folder.resolve("voc/Annotations/a.xml"), "<annotation/>");
    Datasets named = new Datasets(List.of(folder.resolve("nothing"), folder));
    assertThat(named.open("voc", List.of("val"), STREET).images()).hasSize(1);
    assertThatThrownBy(() -> named.open("voc", List.of(), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a VOC folder has splits, found none named. Name some of [val].");
  }

  @Test
  void aPlaceIsToldOnceAndAFileIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("set"), "");
    assertThatThrownBy(() -> new Datasets(List.of(folder)).open(file.toString(), List.of(), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Looked for: " + file + ". ");
    assertThatThrownBy(() -> open("a\u0000b"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("this is no path");
  }

  @Test
  void foldersOfTheEnvironment() throws IOException {
    coco("set/instances.json", "set/images", "a.png");
    for (String folders : List.of("" + folder, ":" + folder + ":", " : /nowhere : " + folder)) {
      assertThat(
              Datasets.ofEnvironment(Map.of("MILLRACE_DATASETS", folders))
                  .open("set", List.of(), STREET)
                  .images())
          .hasSize(1);
    }
    assertThatThrownBy(() -> Datasets.ofEnvironment(Map.of()).open("set", List.of(), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Looked for: set. ");
  }

  @Test
  void streets() {
    Dataset streets = open("street://?split=validation&seed=3&images=6&moments=3" + TINY);
    assertThat(streets.images()).hasSize(6);
    assertThat(streets.neighbours()).isEqualTo(3);
    assertThat(streets.images().get(5)).isEqualTo(new Image(6, "000005.jpg", 128, 72));
    assertThat(streets.categories()).extracting(Category::name).contains("person", "truck");
    LabelledFrame picture = streets.load(4);
    assertThat(picture.frame().width()).isEqualTo(128);
    assertThat(picture.boxes()).isNotEmpty().allMatch(box -> box.imageId() == 5);
    assertThat(open("street://?split=validation&seed=3&images=6&moments=3" + TINY).load(4).boxes())
        .isEqualTo(picture.boxes());
    assertThat(open("street://?split=train&seed=3&images=6&moments=3" + TINY).load(4).boxes())
        .isNotEqualTo(picture.boxes());
    Dataset two = streets.limit(2);
    assertThat(two.images()).hasSize(2);
    assertThat(two.neighbours()).isEqualTo(3);
    assertThat(streets.limit(7)).isSameAs(streets);
  }

  @Test
  void aStreetHasAllKeysOfItsVideos() {
    Dataset dark =
        open(
            "street://?split=live&images=2&moments=1&seed=9&view=crossing&weather=rain&light=night"
                + "&density=2&noise=0"
                + TINY);
    LabelledFrame picture = dark.load(1);
    assertThat(mean(picture))
        .isLessThan(
            mean(
                open("street://?split=live&images=2&seed=9&view=crossing&weather=clear&light=day"
                        + TINY)
                    .load(1)));
    Dataset standard = open("street://");
    assertThat(standard.images()).hasSize(500).startsWith(new Image(1, "000000.jpg", 640, 360));
    assertThat(open("street://?width=128&height=72&images=1").load(0).boxes())
        .as("of the test split, with the seed 0")
        .isEqualTo(open("street://?split=test&seed=0&images=1" + TINY).load(0).boxes());
    assertThatThrownBy(() -> new Datasets(List.of()).open("street://", List.of("train"), STREET))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Write street://?split=train");
  }

  private static double mean(LabelledFrame picture) {
    long sum = 0;
    for (byte value : picture.frame().bgr()) {
      sum += value & 255;
    }
    return (double) sum / picture.frame().bgr().length;
  }

  @ParameterizedTest
  @CsvSource({
    "street://?split=tset, 'expected train, validation, test or live'",
    "street://?images=0, 'images: expected 1 to'",
    "street://?images=many, 'images: expected 1 to'",
    "street://?moments=-1, 'moments: expected 1 to'",
    "street://?fps=25, 'pictures have no time'",
    "street://?colour=red, 'split, images and moments'",
    "street://?width=1, '32 to 4096 pixels'",
    "street://?seconds=3, 'pictures have no time'",
    "street://?split, is no key of a street with its value",
    "street://?images=4&images=5, is there twice",
    "street://?seed=4&seed=5, is there twice",
    "street://?images=10000001, 'images: expected 1 to 10000000'",
    "street://?moments=1001, 'moments: expected 1 to 1000'",
    "street://split=train, 'expected a question mark'",
    "street://?light=noon, 'light: expected any'"
  })
  void mistakesInAStreetsAddressAreTold(String address, String expected) {
    assertThatThrownBy(() -> open(address))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(expected);
  }
}
