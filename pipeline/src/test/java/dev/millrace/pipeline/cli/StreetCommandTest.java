package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.connectors.street.StreetClass;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetFrame;
import dev.millrace.connectors.street.StreetOptions;
import dev.millrace.connectors.street.StreetSplit;
import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.evaluation.CocoEvaluator;
import dev.millrace.pipeline.evaluation.ScoredBox;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreetCommandTest {
  private static final StreetDataset TRUTH =
      new StreetDataset(StreetSplit.VALIDATION, 5, StreetOptions.DEFAULT.withSize(192, 108));

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  private CocoDataset written() {
    assertThat(
            run(
                "street",
                "--out",
                folder.resolve("new/set").toString(),
                "--images",
                "9",
                "--seed",
                "5",
                "--split",
                "validation",
                "--width",
                "192",
                "--height",
                "108"))
        .isZero();
    return CocoDataset.read(folder.resolve("new/set/instances.json"));
  }

  @Test
  void writesADatasetThatEvaluateReads() throws Exception {
    CocoDataset dataset = written();
    assertThat(dataset.images()).hasSize(9);
    assertThat(dataset.categories())
        .extracting(Category::name)
        .containsExactlyElementsOf(StreetClass.labels());
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      for (int i = 0; i < 9; i++) {
        Image image = dataset.images().get(i);
        StreetFrame frame = TRUTH.image(i);
        Frame decoded =
            decoder.decode(
                Files.readAllBytes(folder.resolve("new/set/images").resolve(image.fileName())));
        assertThat(decoded.width()).isEqualTo(image.width()).isEqualTo(192);
        assertThat(decoded.height()).isEqualTo(image.height()).isEqualTo(108);
        assertThat(difference(decoded.bgr(), frame.bgr())).isLessThan(8);
        assertThat(boxes(dataset, image.id(), false)).isEqualTo(sides(frame.truth().objects()));
        assertThat(boxes(dataset, image.id(), true)).isEqualTo(sides(frame.truth().ignored()));
      }
    }
  }

  private static double difference(byte[] one, byte[] other) {
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 255) - (other[i] & 255));
    }
    return sum / (double) one.length;
  }

  private static List<List<Double>> boxes(CocoDataset dataset, long image, boolean crowd) {
    return dataset.boxes().stream()
        .filter(box -> box.imageId() == image && box.crowd() == crowd)
        .map(b -> List.of((double) b.categoryId(), b.x1(), b.y1(), b.x2(), b.y2(), b.area()))
        .toList();
  }

  private static List<List<Double>> sides(List<TrueObject> objects) {
    return objects.stream()
        .map(
            o ->
                List.of(
                    (double) StreetClass.values()[o.classId()].cocoId(),
                    (double) o.x1(),
                    (double) o.y1(),
                    (double) o.x2(),
                    (double) o.y2(),
                    (double) o.area()))
        .toList();
  }

  @Test
  void whatNeedNotBeFoundCountsNeitherForNorAgainst() {
    CocoDataset dataset = written();
    assertThat(dataset.boxes()).anyMatch(TrueBox::crowd);
    List<ScoredBox> all =
        dataset.boxes().stream()
            .map(
                b ->
                    new ScoredBox(
                        b.imageId(),
                        b.categoryId(),
                        b.crowd() ? 0.99f : 0.9f,
                        (float) b.x1(),
                        (float) b.y1(),
                        (float) b.x2(),
                        (float) b.y2()))
            .toList();
    assertThat(new CocoEvaluator(dataset).evaluate(all).ap()).isEqualTo(1.0);
  }

  @Test
  void drawsASheet() throws Exception {
    Path sheet = folder.resolve("sheet.png");
    assertThat(
            run(
                "street",
                "--images",
                "4",
                "--width",
                "96",
                "--height",
                "64",
                "--sheet",
                sheet.toString()))
        .isZero();
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      Frame picture = decoder.decode(Files.readAllBytes(sheet));
      assertThat(picture.width()).isEqualTo(3 * 96);
      assertThat(picture.height()).isEqualTo(2 * 64);
    }
  }

  @Test
  void mistakesAreALineAndExitCode2() {
    assertThat(run("street")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--out DIR or --sheet FILE.png");
    assertThat(run("street", "--sheet", "a.png", "--width", "9")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--width: expected 32.0 to 4096.0, found 9.0");
    assertThat(run("street", "--sheet", "a.png", "--light", "noon")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("noon").doesNotContain("\tat ");
    assertThat(run("street", "--sheet", "a.png", "--images", "0")).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aFolderThatCannotBeWrittenIsAFailureToldInALine() throws Exception {
    Path file = Files.writeString(folder.resolve("taken"), "");
    assertThat(run("street", "--out", file.toString(), "--images", "1"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("taken").doesNotContain("\tat ");
  }

  @Test
  void camerasThatShareAStreetSeeDifferentOnes() {
    CameraArguments arguments = new CameraArguments();
    arguments.quality = 85;
    arguments.videos.add("street://?seed=7&width=96&seconds=1");
    assertThat(arguments.cameras(false, 0)).hasSize(1);
    assertThat(arguments.cameras(false, 0).get(0).name()).isEqualTo("street-7");
    arguments.names.addAll(List.of("a", "b"));
    List<byte[]> first =
        arguments.cameras(false, 1).stream()
            .map(camera -> camera.frames().blockFirst().image())
            .toList();
    assertThat(first.get(0)).isNotEqualTo(first.get(1));
    assertThat(arguments.frames(false, 0)).isEqualTo(50);
    assertThat(arguments.frames(true, 0)).isZero();
  }
}
