package dev.millrace.connectors.video;

import static dev.millrace.connectors.video.TestVideos.picture;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayTest {
  private final Overlay overlay = new Overlay();

  @Test
  void drawsIntoACopy() {
    Picture source = picture(960, 720, 0);
    byte[] before = source.bgr().clone();
    Picture drawn =
        overlay.draw(source, List.of(Overlay.Box.of(160, 160, 600, 540, "person", 0, 0.98)));
    assertThat(source.bgr()).isEqualTo(before);
    int edge = pixel(drawn, 390, 540);
    assertThat(edge).isEqualTo(Colours.of(0).getRGB() & 0xffffff);
    assertThat(pixel(drawn, 900, 660)).isEqualTo(pixel(source, 900, 660));
  }

  @Test
  void thePlateSaysLabelAndScore() {
    assertThat(Overlay.Box.of(0, 0, 1, 1, "person", 0, 0.983).text()).isEqualTo("person 98%");
  }

  @Test
  void nothingFoundIsThePictureItself() {
    Picture source = picture(64, 48, 2);
    assertThat(overlay.draw(source, List.of()).bgr()).isEqualTo(source.bgr());
  }

  @Test
  void boxesMayLieAnywhere() {
    Picture source = picture(40, 30, 0);
    List<Overlay.Box> boxes =
        List.of(
            Overlay.Box.of(-50, -50, 90, 90, "a label longer than the picture is wide", 3, 1),
            Overlay.Box.of(39, 29, 39, 29, "dot", 4, 0.1),
            new Overlay.Box(0, 0, 40, 1, "", -7, 0.5));
    assertThat(overlay.draw(source, boxes).bgr()).isNotEqualTo(source.bgr());
  }

  @Test
  void neighbouringClassesDiffer() {
    assertThat(IntStream.range(0, 80).mapToObj(Colours::of).distinct()).hasSize(80);
  }

  @Test
  void aSnapshotIsExact(@TempDir Path folder) throws Exception {
    Picture source = picture(50, 40, 1);
    Path file = folder.resolve("snapshot.png");
    Overlay.writePng(source, file);
    try (VideoReader reader = VideoReader.open(file.toString())) {
      assertThat(reader.next().orElseThrow().bgr()).isEqualTo(source.bgr());
    }
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(50);
  }

  private static int pixel(Picture picture, int x, int y) {
    int at = 3 * (y * picture.width() + x);
    byte[] p = picture.bgr();
    return (p[at + 2] & 0xff) << 16 | (p[at + 1] & 0xff) << 8 | (p[at] & 0xff);
  }
}
