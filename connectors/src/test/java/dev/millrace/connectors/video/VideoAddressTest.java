package dev.millrace.connectors.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.ConnectorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses of cameras hold passwords; names, messages and logs must not. */
class VideoAddressTest {

  @ParameterizedTest
  @CsvSource({
    "rtsp://cam/live, rtsp://cam/live",
    "rtsp://admin:secret@cam:554/live, rtsp://***@cam:554/live",
    "rtsp://admin:se@cret@cam/live, rtsp://***@cam/live",
    "rtsp://admin:se/cret@cam/live, rtsp://***@cam/live",
    "rtsp://admin:se?cret@cam/live, rtsp://***@cam/live",
    "http://cam/mjpg?user=admin&pwd=secret, http://cam/mjpg?***",
    "http://a:secret@cam?pwd=secret#secret, http://***@cam?***",
    "http://cam/@live, http://cam/@live",
    "http://[fe80::1]:8080/live, http://[fe80::1]:8080/live",
    "street.mp4, street.mp4"
  })
  void whatIsPrintedHoldsNoSecret(String address, String printed) {
    assertThat(new VideoAddress(address).printable()).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource({
    "rtsp://admin:secret@cam:554, cam",
    "rtsp://admin:secret@10.0.0.5/, 10.0.0.5",
    "rtsp://admin:se@cret@cam/live/main.sdp, main",
    "http://cam/mjpg?user=admin&pwd=secret, mjpg",
    "http://cam?token=secret/secret, cam",
    "rtsp://admin:se/cret@cam, cam",
    "videos/street.mp4, street",
    "/dev/video0, video0",
    "/, camera"
  })
  void aCamerasNameHoldsNoSecret(String address, String name) {
    assertThat(Camera.nameOf(address)).isEqualTo(name);
  }

  @Test
  void anAddressThatDoesNotAnswerIsNamedWithoutItsSecrets() {
    String address = "http://admin:se@cret@127.0.0.1:1/live?pwd=secret";
    assertThatThrownBy(() -> VideoReader.open(address))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("http://***@127.0.0.1:1/live?***")
        .hasMessageNotContaining("cret");
  }
}
