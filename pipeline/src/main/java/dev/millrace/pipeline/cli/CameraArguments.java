package dev.millrace.pipeline.cli;

import dev.millrace.connectors.street.StreetAddress;
import dev.millrace.connectors.video.Camera;
import dev.millrace.connectors.video.CameraOptions;
import dev.millrace.connectors.video.VideoReader;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which videos, as which cameras, and how. */
final class CameraArguments {

  private static final int MOST_PIXELS = 16384;
  private static final int MOST_FRAMES = 1_000_000;

  @Option(
      names = "--video",
      paramLabel = "VIDEO",
      description = {
        "A file, a folder of pictures, rtsp://..., http://..., /dev/video0, or street://?seed=7 for"
            + " a synthetic street (docs/street.md); repeatable"
      })
  List<String> videos = new ArrayList<>();

  @Option(
      names = "--camera",
      paramLabel = "NAME",
      description =
          "Name of the camera that shows it; one for each video, or several for one video (of a"
              + " street, each its own); default: the video's name")
  List<String> names = new ArrayList<>();

  @Option(
      names = "--rate",
      paramLabel = "FPS",
      description = "Frames a second of each camera; 0: as fast as they go (default: the video's)")
  @Nullable Double rate;

  @Option(
      names = "--quality",
      paramLabel = "1..100",
      defaultValue = "85",
      description = "JPEG quality (default: ${DEFAULT-VALUE})")
  int quality;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      defaultValue = "0",
      description = "Shrink wider frames to this (default: as they are)")
  int width;

  /** What is wrong with them, or null. */
  @Nullable String mistake() {
    if (videos.isEmpty()) {
      return "no video was named: --video FILE";
    }
    if (videos.size() > 1 && !names.isEmpty() && names.size() != videos.size()) {
      return videos.size() + " videos need as many names: --camera, found " + names.size();
    }
    if (names.stream().distinct().count() != names.size()) {
      return "each camera needs a name of its own: --camera";
    }
    if (quality < 1 || quality > 100) {
      return "--quality is 1 to 100, found " + quality;
    }
    if (width < 0 || width > MOST_PIXELS) {
      return "--width is 0 to " + MOST_PIXELS + ", found " + width;
    }
    if (rate != null && !(rate >= 0 && rate <= MOST_FRAMES)) {
      return "--rate is 0 to " + MOST_FRAMES + ", found " + rate;
    }
    return null;
  }

  /** Each name with its video. */
  List<Camera> cameras(boolean loop, long maxFrames) {
    CameraOptions options =
        new CameraOptions(
            rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
            loop,
            maxFrames,
            quality,
            width);
    List<Camera> cameras = new ArrayList<>();
    int count = Math.max(videos.size(), names.size());
    for (int i = 0; i < count; i++) {
      String video = videos.size() == 1 ? shared(videos.get(0), i) : videos.get(i);
      cameras.add(new Camera(names.isEmpty() ? name(video, i) : names.get(i), video, options));
    }
    return cameras;
  }

  /** Cameras that share a video see the same, those that share a street other streets. */
  private static String shared(String video, int index) {
    if (!StreetAddress.matches(video) || index == 0) {
      return video;
    }
    StreetAddress address = StreetAddress.parse(video);
    return address.withSeed(address.seed() + index).toString();
  }

  /** Frames that all cameras together will show, 0 where nobody knows. */
  long frames(boolean loop, long maxFrames) {
    int count = Math.max(videos.size(), names.size());
    long all = 0;
    for (int i = 0; i < count; i++) {
      OptionalLong frames = VideoReader.probe(videos.get(videos.size() == 1 ? 0 : i)).frames();
      if (maxFrames > 0) {
        all += loop || frames.isEmpty() ? maxFrames : Math.min(maxFrames, frames.getAsLong());
      } else if (loop || frames.isEmpty()) {
        return 0;
      } else {
        all += frames.getAsLong();
      }
    }
    return all;
  }

  private String name(String video, int index) {
    String name =
        StreetAddress.matches(video)
            ? "street-" + StreetAddress.parse(video).seed()
            : Camera.nameOf(video);
    return videos.size() == 1 ? name : name + "-" + (index + 1);
  }
}
