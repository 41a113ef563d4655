package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import dev.millrace.connectors.format.RunLengths;
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

  private static String with(String members) {
    return GOOD.replace("\"segmentation\": [[1, 2, 3, 4]]", members);
  }

  /** The square from 2 to 5 and from 1 to 3, in a picture of 640 x 480. */
  private static final RunLengths SQUARE =
      RunLengths.of(480, 640, 961, 2, 478, 2, 478, 2, 640 * 480 - 1923);

  @Test
  void outlinesArePolygonsOrRuns() throws IOException {
    Outline polygon = outline("[[2, 1, 5, 1, 5, 3, 2, 3], [9, 9]]");
    assertThat(polygon.pixels(480, 640)).isEqualTo(SQUARE);
    assertThat(outline("{\"size\": [480, 640], \"counts\": [961, 2, 478, 2, 478, 2, 305277]}"))
        .isEqualTo(new Outline.Runs(SQUARE));
    assertThat(outline("{\"counts\": \"0PP\\\\9\", \"size\": [480, 640]}").pixels(480, 640).area())
        .isEqualTo(640 * 480);
    assertThat(read(with("\"segmentation\": null")).boxes().get(0).outline()).isNull();
    assertThat(read(with("\"segmentation\": []")).boxes().get(0).outline()).isNull();
  }

  private Outline outline(String json) throws IOException {
    return read(with("\"segmentation\": " + json)).boxes().get(0).outline();
  }

  @Test
  void keypointsAreLabelledOrNot() throws IOException {
    assertThat(
            read(with("\"keypoints\": [1, 2.5, 1, 0, 0, 0, 3, 4, 2]")).boxes().get(0).keypoints())
        .containsExactly(
            new TrueKeypoint(1, 2.5, true),
            new TrueKeypoint(0, 0, false),
            new TrueKeypoint(3, 4, true));
  }

  @Test
  void whatIsWrittenReadsBackAsItself() throws IOException {
    CocoDataset dataset =
        read(with("\"segmentation\": [[2, 1, 5, 1, 5, 3]], \"keypoints\": [1, 2.5, 2, 0, 0, 0]"));
    Path file = folder.resolve("written.json");
    dataset.write(file);
    assertThat(CocoDataset.read(file)).isEqualTo(dataset);
    CocoDataset crowd =
        read(with("\"segmentation\": {\"size\": [480, 640], \"counts\": [1, 1, 307198]}"));
    crowd.write(file);
    assertThat(CocoDataset.read(file)).isEqualTo(crowd);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"segmentation\": 3 | instances.json:6:",
        "\"segmentation\": [1, 2, 3, 4, 5, 6] | [[x1, y1, ...], ...]",
        "\"segmentation\": [[1, 2, 3, 4, 5]] | a polygon has 5 numbers",
        "\"segmentation\": [[1, 2, 3, 4, 5, \"6\"]] | VALUE_STRING among numbers",
        "\"segmentation\": [[1, 2, 3, 4, 5, 1e9]] | a corner farther out than 100000",
        "\"segmentation\": {\"counts\": [3]} | a mask has no size",
        "\"segmentation\": {\"size\": [1, 3], \"counts\": [1, 1]} | do not make up its pixels",
        "\"segmentation\": {\"size\": [1, 3], \"counts\": \"!\"} | that is not of",
        "\"segmentation\": {\"size\": [1, 3], \"counts\": [1, 2]}"
            + " | annotations[0].segmentation.size: expected the image's [480, 640]",
        "\"keypoints\": [1, 2] | annotations[0].keypoints: expected x, y, visibility of each",
        "\"keypoints\": [1, 2, null] | annotations[0].keypoints: expected x, y, visibility of each"
      })
  void mistakesInOutlinesAndKeypointsAreTold(String members, String words) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(with(members)))
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
