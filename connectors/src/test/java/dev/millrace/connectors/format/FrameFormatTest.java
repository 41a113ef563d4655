package dev.millrace.connectors.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import dev.millrace.connectors.format.FrameFormat.Encoded;
import dev.millrace.connectors.format.FrameFormat.Raw;
import dev.millrace.connectors.format.FrameFormat.Unreadable;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameFormatTest {

  @Test
  void withoutHeadersItIsAnEncodedImage() {
    assertThat(of(Map.of(), 3)).isEqualTo(new Encoded());
    assertThat(of(Map.of("content-type", "image/png", "width", "x"), 3)).isEqualTo(new Encoded());
  }

  @Test
  void rawHeadersAreRead() {
    Raw raw = new Raw(4, 2, PixelFormat.BGR24);
    assertThat(of(raw.headers(), 24)).isEqualTo(raw);
    assertThat(of(new Raw(4, 2, PixelFormat.GRAY8).headers(), 8))
        .isEqualTo(new Raw(4, 2, PixelFormat.GRAY8));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 2, bgr24, 23, truncated",
    "4, 2, bgr24, 25, undecodable",
    "4, 2, yuv420, 24, unsupported",
    "0, 2, bgr24, 24, unsupported",
    "-4, -2, bgr24, 24, unsupported",
    "four, 2, bgr24, 24, unsupported",
    "4, 99999999999, bgr24, 24, unsupported",
    "2147483647, 2147483647, bgr24, 3, truncated",
    "4, 2, bgr24, 0, empty",
  })
  void whatCannotBeReadSaysWhy(String width, String height, String format, int bytes, String code) {
    Map<String, String> headers =
        Map.of(
            "content-type", "application/x-raw",
            "width", width,
            "height", height,
            "format", format);
    assertThat(of(headers, bytes))
        .isInstanceOfSatisfying(
            Unreadable.class, unreadable -> assertThat(unreadable.reason().code()).isEqualTo(code));
  }

  @Test
  void missingRawHeadersAreNamed() {
    assertThat(of(Map.of("content-type", "application/x-raw", "format", "rgb24"), 3))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> assertThat(unreadable.reason().message()).contains("width and height"));
  }

  private static FrameFormat of(Map<String, String> headers, int bytes) {
    return FrameFormat.of(
        new FrameRecord(
            new FramePosition("t", 0, 0), 1, "c", new byte[bytes], headers, Instant.EPOCH));
  }
}
