package dev.millrace.connectors.video;

import static dev.millrace.connectors.video.TestVideos.picture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Keypoint;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import dev.millrace.connectors.Events;
import dev.millrace.connectors.FramePosition;
import java.awt.Color;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

  private static DetectionEvent event(List<DetectedObject> objects, List<Segment> segments) {
    DetectionEvent some = Events.of(new FramePosition("frames", 0, 1), "c", Instant.EPOCH);
    return new DetectionEvent(
        "c", some.frame(), some.revision(), objects, segments, some.timings(), 1);
  }

  private static final Mask BLOCK =
      new Mask(240, 320, "X_g0P5`2" + "0".repeat(237) + "h\\g0"); // columns 100-219, rows 40-199
  private static final Mask UPPER = new Mask(240, 320, "0h3h3" + "0".repeat(638));
  private static final Mask LOWER = new Mask(240, 320, "h3h3h3" + "0".repeat(637));

  private static DetectedObject object(int classId, Mask mask, List<Keypoint> keypoints) {
    return new DetectedObject(
        List.of(90f, 30f, 230f, 210f), "x", classId, 0.9f, null, mask, keypoints, Map.of());
  }

  @Test
  void aMaskIsAVeilWithAnOutlineAndNothingElseOfTheBox() {
    Picture source = picture(320, 240, 0);
    Picture drawn = overlay.draw(source, event(List.of(object(3, BLOCK, List.of())), List.of()));
    Color colour = Colours.of(3);
    int below = pixel(source, 160, 120);
    int above = pixel(drawn, 160, 120);
    assertThat(above).isNotEqualTo(below).isNotEqualTo(colour.getRGB() & 0xffffff);
    assertThat(above >> 16)
        .isBetween(Math.min(below >> 16, colour.getRed()), Math.max(below >> 16, colour.getRed()));
    assertThat(pixel(drawn, 218, 120)).isEqualTo(colour.getRGB() & 0xffffff);
    assertThat(pixel(drawn, 95, 120)).isEqualTo(pixel(source, 95, 120));
    Picture box = overlay.draw(source, List.of(Overlay.Box.of(90, 30, 230, 210, "x", 3, 0.9)));
    assertThat(overlay.draw(source, event(List.of(object(3, null, List.of())), List.of())).bgr())
        .isEqualTo(box.bgr());
  }

  @Test
  void masksOfAnotherSizeThanThePicturesAreLeftOut() {
    Picture source = picture(64, 48, 0);
    assertThat(overlay.draw(source, event(List.of(object(3, BLOCK, List.of())), List.of())).bgr())
        .isEqualTo(
            overlay.draw(source, event(List.of(object(3, null, List.of())), List.of())).bgr());
  }

  /** Ten thousand masks of the whole picture: most are left out, the surest are not. */
  @Test
  void whatNobodyCouldSeeIsNotPainted() {
    Mask all = new Mask(240, 320, "0PP[2");
    List<DetectedObject> many =
        new ArrayList<>(Collections.nCopies(10_000, object(1, all, List.of())));
    assertThat(overlay.draw(picture(320, 240, 0), event(many, List.of())).bgr()).isNotEmpty();
  }

  /** A dot for each keypoint; limbs for COCO's persons alone, from shoulder to shoulder here. */
  @Test
  void personsHaveLimbs() {
    Picture source = picture(320, 240, 0);
    List<Keypoint> points = new ArrayList<>(Collections.nCopies(17, new Keypoint(0, 0, 0.01f)));
    points.set(5, new Keypoint(200, 100, 0.9f));
    points.set(6, new Keypoint(120, 100, 0.9f));
    Picture person = overlay.draw(source, event(List.of(object(0, null, points)), List.of()));
    Picture plain = overlay.draw(source, event(List.of(object(0, null, List.of())), List.of()));
    assertThat(pixel(person, 160, 100)).isNotEqualTo(pixel(plain, 160, 100));
    assertThat(pixel(person, 200, 100)).isNotEqualTo(pixel(person, 120, 100));
    assertThat(pixel(person, 0, 0)).isEqualTo(pixel(plain, 0, 0));
    Picture other =
        overlay.draw(source, event(List.of(object(0, null, points.subList(0, 16))), List.of()));
    assertThat(pixel(other, 160, 100)).isEqualTo(pixel(plain, 160, 100));
    assertThat(pixel(other, 200, 100)).isEqualTo(Colours.of(0).getRGB() & 0xffffff);
  }

  @Test
  void keypointsMayLieAnywhere() {
    List<Keypoint> points =
        List.of(
            new Keypoint(-1e30f, 1e30f, 1),
            new Keypoint(Float.MAX_VALUE, 0, 1),
            new Keypoint(-5, 260, 1));
    assertThat(
            overlay
                .draw(picture(320, 240, 0), event(List.of(object(0, null, points)), List.of()))
                .bgr())
        .isNotEmpty();
  }

  @Test
  void segmentsTakeThePlaceOfBoxes() {
    Picture source = picture(320, 240, 0);
    Segment sky = new Segment(1, false, 4, "sky", 1, 38400, UPPER);
    Segment road = new Segment(2, false, 5, "road", 1, 38400, LOWER);
    Picture drawn =
        overlay.draw(source, event(List.of(object(3, null, List.of())), List.of(sky, road)));
    assertThat(pixel(drawn, 10, 60)).isNotEqualTo(pixel(source, 10, 60));
    assertThat(pixel(drawn, 10, 60)).isNotEqualTo(pixel(drawn, 10, 180));
    assertThat(drawn.bgr())
        .isEqualTo(overlay.draw(source, event(List.of(), List.of(road, sky))).bgr());
    assertThat(pixel(drawn, 160, 60)).as("its plate").isNotEqualTo(pixel(drawn, 10, 60));
  }

  private static int pixel(Picture picture, int x, int y) {
    int at = 3 * (y * picture.width() + x);
    byte[] p = picture.bgr();
    return (p[at + 2] & 0xff) << 16 | (p[at + 1] & 0xff) << 8 | (p[at] & 0xff);
  }
}
