package dev.millrace.connectors.video;

import static dev.millrace.connectors.video.TestVideos.picture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.ConnectorException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoWriterTest {
  @TempDir Path folder;
  private final NativeCount natives = new NativeCount();

  @Test
  void writesH264ThatABrowserPlays() throws Exception {
    String mp4 =
        new String(Files.readAllBytes(TestVideos.mp4(folder, 3, 25)), StandardCharsets.ISO_8859_1);
    assertThat(mp4).contains("avc1");
    assertThat(mp4.indexOf("moov")).isBetween(0, mp4.indexOf("mdat"));
  }

  @Test
  void oddAndChangingSizesFitIn() {
    Path file = folder.resolve("odd.mp4");
    try (VideoWriter writer = new VideoWriter(file, 81, 61, 29.97, natives)) {
      writer.write(picture(81, 61, 0));
      writer.write(picture(160, 120, 1));
      writer.write(picture(33, 20, 2));
    }
    VideoInfo info = VideoReader.probe(file.toString());
    assertThat(info.width()).isEqualTo(80);
    assertThat(info.height()).isEqualTo(60);
    assertThat(info.frames()).hasValue(3);
    assertThat(natives.created()).isPositive().isEqualTo(natives.closed());
  }

  @Test
  void aFolderThatIsNotThere() {
    assertThatThrownBy(
            () -> new VideoWriter(folder.resolve("no/such/out.mp4"), 64, 64, 10, natives))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("out.mp4")
        .hasMessageContaining("No such file or directory");
    assertThat(natives.created()).isEqualTo(natives.closed());
  }

  @Test
  void closedMeansClosed() {
    VideoWriter writer = new VideoWriter(folder.resolve("a.mp4"), 64, 64, 10);
    writer.close();
    writer.close();
    assertThatThrownBy(() -> writer.write(picture(64, 64, 0)))
        .isInstanceOf(IllegalStateException.class);
  }
}
