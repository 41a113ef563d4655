package dev.millrace.connectors.video;

import static dev.millrace.connectors.video.TestVideos.meanDifference;
import static dev.millrace.connectors.video.TestVideos.picture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoReaderTest {
  @TempDir Path folder;
  private final NativeCount natives = new NativeCount();

  @AfterEach
  void everyNativeIsClosed() {
    assertThat(natives.closed()).isEqualTo(natives.created());
  }

  @Test
  void readsWhatTheWriterWrote() {
    Path file = TestVideos.mp4(folder, 20, 12.5);
    try (VideoReader reader = VideoReader.open(file.toString(), natives)) {
      VideoInfo info = reader.info();
      assertThat(info.width()).isEqualTo(96);
      assertThat(info.height()).isEqualTo(64);
      assertThat(info.frameRate()).isCloseTo(12.5, within(0.01));
      assertThat(info.frames()).hasValue(20);
      assertThat(info.live()).isFalse();
      int frames = 0;
      for (Optional<Picture> p = reader.next(); p.isPresent(); p = reader.next()) {
        assertThat(meanDifference(p.get().bgr(), picture(96, 64, frames++).bgr())).isLessThan(12);
      }
      assertThat(frames).isEqualTo(20);
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void motionJpegIsHandedOnUnchanged() throws IOException {
    Path file = TestVideos.mjpeg(folder, 6);
    try (VideoReader reader = VideoReader.open(file.toString(), natives);
        JpegEncoder source = new JpegEncoder(80, natives);
        JpegEncoder unused = new JpegEncoder(10, natives)) {
      for (int i = 0; i < 6; i++) {
        assertThat(reader.nextEncoded(unused, 0))
            .hasValueSatisfying(withBytes(source.encode(picture(96, 64, i))));
      }
      assertThat(reader.nextEncoded(unused, 0)).isEmpty();
    }
  }

  private static java.util.function.Consumer<EncodedPicture> withBytes(byte[] expected) {
    return picture -> {
      assertThat(picture.image()).isEqualTo(expected);
      assertThat(picture.headers()).isEmpty();
    };
  }

  @Test
  void aFrameThatMustShrinkIsEncodedAnew() throws IOException {
    Path file = TestVideos.mjpeg(folder, 2);
    try (VideoReader reader = VideoReader.open(file.toString(), natives);
        JpegEncoder encoder = new JpegEncoder(90, natives)) {
      byte[] jpeg = reader.nextEncoded(encoder, 48).orElseThrow().image();
      assertThat(JpegEncoderTest.read(jpeg)).hasSize(3 * 48 * 32);
    }
  }

  @Test
  void aFolderComesByName() throws IOException {
    try (JpegEncoder encoder = new JpegEncoder(80, natives)) {
      Files.write(folder.resolve("b.JPG"), encoder.encode(picture(64, 48, 1)));
      Files.write(folder.resolve("c.jpeg"), encoder.encode(picture(64, 48, 2)));
    }
    Overlay.writePng(picture(64, 48, 0), folder.resolve("a.png"));
    Files.writeString(folder.resolve("notes.txt"), "no picture");
    try (VideoReader reader = VideoReader.open(folder.toString(), natives);
        VideoReader again = VideoReader.open(folder.toString(), natives);
        JpegEncoder encoder = new JpegEncoder(80, natives)) {
      assertThat(reader.info().frames()).hasValue(3);
      for (int i = 0; i < 3; i++) {
        Picture decoded = reader.next().orElseThrow();
        assertThat(meanDifference(decoded.bgr(), picture(64, 48, i).bgr())).isLessThan(4);
      }
      assertThat(reader.next()).isEmpty();
      assertThat(again.nextEncoded(encoder, 0))
          .hasValueSatisfying(withBytes(Files.readAllBytes(folder.resolve("a.png"))));
    }
  }

  @Test
  void anHttpAddress() throws IOException {
    byte[] video = Files.readAllBytes(TestVideos.mp4(folder, 5, 10));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/street.mp4",
        exchange -> {
          exchange.sendResponseHeaders(200, video.length);
          exchange.getResponseBody().write(video);
          exchange.close();
        });
    server.start();
    String address = "http://localhost:" + server.getAddress().getPort() + "/";
    try (VideoReader reader = VideoReader.open(address + "street.mp4", natives)) {
      int frames = 0;
      while (reader.next().isPresent()) {
        frames++;
      }
      assertThat(frames).isEqualTo(5);
      assertThatThrownBy(() -> VideoReader.open(address + "nothing.mp4", natives))
          .isInstanceOf(ConnectorException.class)
          .hasMessageContaining("nothing.mp4")
          .hasMessageContaining("404");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThatThrownBy(() -> VideoReader.open(folder.resolve("no.mp4").toString(), natives))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("no.mp4: there is no such file.");
    assertThatThrownBy(() -> VideoReader.open("/dev/video99", natives))
        .hasMessageContaining("there is no such camera");
    assertThatThrownBy(() -> VideoReader.open(folder.toString(), natives))
        .hasMessageContaining("holds no .jpg, .jpeg or .png file");
    Path text = Files.writeString(folder.resolve("text.mp4"), "this is text, not a video\n");
    assertThatThrownBy(() -> VideoReader.open(text.toString(), natives))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("text.mp4: this is no video or picture");
  }

  @Test
  void anUnreachableAddressIsNamedWithoutItsPassword() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(
            () -> VideoReader.open("rtsp://me:secret@localhost:" + port + "/gate", natives))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("rtsp://***@localhost:" + port + "/gate")
        .hasMessageContaining("Connection refused")
        .hasMessageNotContaining("secret");
  }

  @Test
  void theSampleVideosHaveAllTheirFrames() {
    for (String[] video :
        new String[][] {{"videos/vtest.avi", "795"}, {"videos/car-detection.mp4", "377"}}) {
      try (VideoReader reader = VideoReader.open(TestVideos.asset(video[0]).toString(), natives);
          JpegEncoder encoder = new JpegEncoder(85, natives)) {
        long frames = 0;
        while (reader.nextEncoded(encoder, 160).isPresent()) {
          frames++;
        }
        assertThat(frames).isEqualTo(Long.parseLong(video[1]));
        assertThat(reader.info().frames()).hasValue(frames);
      }
    }
  }
}
