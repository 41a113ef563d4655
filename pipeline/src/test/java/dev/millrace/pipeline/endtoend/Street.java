package dev.millrace.pipeline.endtoend;

import dev.millrace.connectors.video.EncodedPicture;
import dev.millrace.connectors.video.JpegEncoder;
import dev.millrace.connectors.video.VideoReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pedestrians of vtest.avi, 768 x 576, before two cameras that see the same. */
final class Street {
  static final int FRAMES = 795;

  /** With two partitions each has one of its own. */
  static final List<String> CAMERAS = List.of("gate-1", "gate-2");

  private static final Instant START = Instant.parse("2026-11-23T06:52:11Z");

  private Street() {}

  /** The cameras' frames in turn. */
  static List<Shot> shots(int framesPerCamera) {
    String address = Assets.path("videos/vtest.avi").toString();
    List<Shot> shots = new ArrayList<>();
    try (VideoReader video = VideoReader.open(address);
        JpegEncoder encoder = new JpegEncoder(85)) {
      for (int i = 0; i < framesPerCamera; i++) {
        Optional<byte[]> jpeg = video.nextEncoded(encoder, 0).map(EncodedPicture::image);
        if (jpeg.isEmpty()) {
          throw new AssertionError(address + " has only " + i + " frames");
        }
        for (String camera : CAMERAS) {
          shots.add(new Shot(camera, START.plusMillis(100L * i), jpeg.get(), Map.of()));
        }
      }
    }
    return shots;
  }
}
