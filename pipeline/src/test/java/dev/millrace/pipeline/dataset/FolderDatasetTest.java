package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.connectors.format.RunLengths;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDatasetTest {

  private static final TrueBox FIRST = new TrueBox(4, 1, 0, 0, 3, 2, 6, false);
  private static final TrueBox SECOND = new TrueBox(2, 1, 1, 1, 3, 3, 4, true);
  private static final TrueBox THIRD = new TrueBox(4, 1, 2, 2, 3, 3, 1, false);

  /** An APP1 segment with the orientation 6 alone. */
  private static final String EXIF_6 =
      "ffe1002245786966000049492a0008000000010012010300010000000600000000000000";

  @TempDir Path folder;
  private Dataset dataset;

  @BeforeEach
  void write() throws IOException {
    picture("a.png", 8, 6);
    picture("b.png", 5, 7);
    picture("c.png", 3, 3);
    dataset =
        new FolderDataset(
            "three",
            new CocoDataset(
                List.of(
                    new Image(4, "a.png", 8, 6),
                    new Image(2, "b.png", 5, 7),
                    new Image(3, "c.png", 0, 0)),
                List.of(new Category(1, "car")),
                List.of(FIRST, SECOND, THIRD)),
            folder);
  }

  private void picture(String name, int width, int height) throws IOException {
    ImageIO.write(
        new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR),
        "png",
        folder.resolve(name).toFile());
  }

  private void refused(int index, String... words) {
    assertThatThrownBy(() -> dataset.load(index))
        .isInstanceOf(ConfigException.class)
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .startsWith(folder.resolve(dataset.images().get(index).fileName()) + ": ")
                    .contains(words));
  }

  @Test
  void eachPictureHasItsOwnBoxes() {
    assertThat(dataset.load(0).boxes()).containsExactly(FIRST, THIRD);
    assertThat(dataset.load(1).boxes()).containsExactly(SECOND);
    assertThat(dataset.load(1).frame().height()).isEqualTo(7);
    assertThat(dataset.load(2).boxes()).isEmpty();
    assertThat(dataset.load(2).frame().width()).as("as nobody said it").isEqualTo(3);
    assertThat(dataset.name()).isEqualTo("three");
    assertThat(dataset.neighbours()).isEqualTo(1);
  }

  @Test
  void aPictureThatIsNotThereIsTold() throws IOException {
    Files.delete(folder.resolve("b.png"));
    refused(1, "the dataset lists this image, but there is no such file");
    Files.createDirectory(folder.resolve("b.png"));
    refused(1, "no such file");
  }

  @Test
  void aPictureOfAnotherSizeIsTold() throws IOException {
    picture("b.png", 7, 5);
    refused(1, "the dataset says 5 x 7, the picture is 7 x 5");
  }

  /** The list of images does not say how large c.png is. */
  @Test
  void anOutlineOfAnotherSizeIsTold() {
    Outline fits = new Outline.Runs(RunLengths.of(3, 3, new int[] {4, 5}));
    Outline wide = new Outline.Runs(RunLengths.of(3, 4, new int[] {4, 8}));
    dataset = outlined(fits);
    assertThat(dataset.load(0).boxes()).hasSize(1);
    dataset = outlined(wide);
    refused(0, "an object's segmentation is one of 4 x 3, the picture is 3 x 3");
  }

  private Dataset outlined(Outline outline) {
    return new FolderDataset(
        "one",
        new CocoDataset(
            List.of(new Image(3, "c.png", 0, 0)),
            List.of(new Category(1, "car")),
            List.of(new TrueBox(3, 1, 0, 0, 3, 3, 9, false, outline, List.of()))),
        folder);
  }

  /** 8 x 6 as it is stored, to be turned by a quarter: what was on the left is at the top. */
  @Test
  void aPictureIsTurnedAsItsFileSays() throws IOException {
    BufferedImage stored = new BufferedImage(8, 6, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < 6; y++) {
      stored.setRGB(0, y, 0xffffff);
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(stored, "jpeg", jpeg);
    byte[] exif = HexFormat.of().parseHex(EXIF_6);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(jpeg.toByteArray(), 0, 2);
    file.write(exif);
    file.write(jpeg.toByteArray(), 2, jpeg.size() - 2);
    Files.write(folder.resolve("a.png"), file.toByteArray()); // what it is, its bytes say
    refused(0, "the dataset says 8 x 6, the picture is 6 x 8, turned as its EXIF says.");

    dataset =
        new FolderDataset(
            "one",
            new CocoDataset(
                List.of(new Image(4, "a.png", 6, 8)),
                List.of(new Category(1, "car")),
                List.of(FIRST)),
            folder);
    Frame frame = dataset.load(0).frame();
    assertThat(frame.width()).isEqualTo(6);
    assertThat(frame.bgr()[3 * 5] & 0xff).as("the top right").isGreaterThan(128);
    assertThat(frame.bgr()[3 * 6 * 7] & 0xff).as("the bottom left").isLessThan(128);
  }

  @Test
  void whatIsNoPictureIsTold() throws IOException {
    Files.writeString(folder.resolve("a.png"), "<svg/>");
    refused(0, "Replace the file.");
    Files.write(folder.resolve("b.png"), new byte[0]);
    refused(1, "no bytes");
  }

  /** Of a size that no Java array has: it can only be refused unread. */
  @Test
  void aFileAboveTheLimitIsNotRead() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("a.png").toFile(), "rw")) {
      sparse.setLength(1L << 33);
    }
    refused(0, "8589934592 bytes", "33554432");
  }

  @Test
  void theBeginningOfADataset() {
    Dataset two = dataset.limit(2);
    assertThat(two.images()).isEqualTo(dataset.images().subList(0, 2));
    assertThat(two.categories()).isEqualTo(dataset.categories());
    assertThat(two.load(1).boxes()).containsExactly(SECOND);
    assertThat(two.name()).isEqualTo("the first 2 of three");
    assertThat(dataset.limit(3)).isSameAs(dataset);
    assertThat(dataset.limit(4)).isSameAs(dataset);
  }
}
