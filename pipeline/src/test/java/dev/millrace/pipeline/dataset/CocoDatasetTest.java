package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CocoDatasetTest {

  private static final String GOOD =
      """
      {"info": {"year": 2017}, "licenses": [],
       "images": [{"id": 9, "file_name": "a.jpg", "width": 640, "height": 480}],
       "categories": [{"id": 3, "name": "car", "supercategory": "vehicle"}],
       "annotations": [
         {"id": 1, "image_id": 9, "category_id": 3, "bbox": [1.5, 2, 10, 20], "area": 150,
          "iscrowd": 0, "segmentation": [[1, 2, 3, 4]]},
         {"id": 2, "image_id": 9, "category_id": 3, "bbox": [0, 0, 4, 5], "iscrowd": 1}]}
      """;

  @TempDir Path folder;

  private CocoDataset read(String json) throws IOException {
    return CocoDataset.read(Files.writeString(folder.resolve("instances.json"), json));
  }

  @Test
  void boxesBecomeCorners() throws IOException {
    CocoDataset dataset = read(GOOD);
    assertThat(dataset.images()).containsExactly(new Image(9, "a.jpg", 640, 480));
    assertThat(dataset.categories()).containsExactly(new Category(3, "car"));
    assertThat(dataset.boxes())
        .containsExactly(
            new TrueBox(9, 3, 1.5, 2, 11.5, 22, 150, false),
            new TrueBox(9, 3, 0, 0, 4, 5, 20, true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"image_id\": 9 | \"image_id\": 8 | annotations[0].image_id: 8 is none of images[].id",
        "\"category_id\": 3 | \"category_id\": 4 | annotations[0].category_id: 4 is none of",
        "[1.5, 2, 10, 20] | [1.5, 2, 10] | annotations[0].bbox: expected [x, y, width, height]",
        "[1.5, 2, 10, 20] | [1.5, 2, -10, 20] | found [1.5, 2.0, -10.0, 20.0]",
        "[1.5, 2, 10, 20] | [1.5, null, 10, 20] | annotations[0].bbox",
        "[1.5, 2, 10, 20] | \"all\" | instances.json:5:",
        "\"a.jpg\" | \"../../a.jpg\" | images[0].file_name: expected a file inside",
        "\"a.jpg\" | null | images[0].file_name",
        "{\"id\": 9, | { | images[0].id: is missing",
        "\"annotations\": | \"notes\": | annotations: is missing",
        "\"iscrowd\": 0 | \"iscrowd\": 1 | no object to find",
        "{\"info\" | {{\"info\" | instances.json:1:"
      })
  void mistakesAreToldWithTheirPlace(String good, String bad, String words) {
    assertThat(GOOD).contains(good);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(GOOD.replace(good, bad)))
        .satisfies(e -> assertThat(e.getMessage()).contains("instances.json", words));
  }

  @Test
  void idsAreUnique() {
    String twice = GOOD.replace("\"height\": 480}]", "\"height\": 480}, {\"id\": 9}]");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(twice))
        .withMessageContaining("images[1].id: expected an id of its own, found 9 again");
  }

  @Test
  void aMissingFileIsToldWithWhatADatasetIs() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CocoDataset.read(folder.resolve("none.json")))
        .withMessageContaining("there is no such file. A dataset is a folder with instances.json");
  }
}
