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
        .hasMessageContaining("none of its categories is a class of the model")
        .hasMessageContaining("car")
        .hasMessageContaining("zebra");
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

  @ParameterizedTest
  @CsvSource({
    "street://?split=tset, 'expected train, validation, test or live'",
    "street://?images=0, 'images: expected 1 to'",
    "street://?images=many, 'images: expected 1 to'",
    "street://?moments=-1, 'moments: expected 1 to'",
    "street://?fps=25, 'pictures have no time'",
    "street://?colour=red, 'split, images and moments'",
    "street://?width=1, '32 to 4096 pixels'"
  })
  void mistakesInAStreetsAddressAreTold(String address, String expected) {
    assertThatThrownBy(() -> open(address))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(expected);
  }
}
