package dev.millrace.pipeline.cli;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.video.EncodedPicture;
import dev.millrace.connectors.video.JpegEncoder;
import dev.millrace.connectors.video.VideoReader;
import dev.millrace.pipeline.bench.Bench;
import dev.millrace.pipeline.config.PipelineConfig;
import dev.millrace.pipeline.server.ServerOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace bench}: what the streaming costs. */
@Command(
    name = "bench",
    description =
        "Measures frames a second from topic to topic (embedded broker, decoding included) over frames a second of the"
            + " bare network in a loop with the same batch and threads and no decoding. Rounds of both alternate in one"
            + " process, so that a host of changing speed slows both.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  millrace bench configs/coco/faster_rcnn_fbnetv3a_C4.yaml --video street.mp4",
      "  millrace bench CONFIG --video street.mp4 -o pipeline.maxBatch=4 --json",
      "  millrace bench CONFIG --video street.mp4 \\",
      "    --against pipeline.delivery=exactly-once"
    })
final class BenchCommand implements Callable<Integer> {

  /** Fewer are through before there is anything to time. */
  private static final int LEAST_FRAMES = 20;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--video",
      required = true,
      paramLabel = "FILE",
      description = "Where frames are taken from.")
  String video = "";

  @Option(
      names = "--frames",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Frames of each round, default ${DEFAULT-VALUE}.")
  int frames;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Default ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--quality",
      paramLabel = "1-100",
      defaultValue = "85",
      description = "JPEG quality, default ${DEFAULT-VALUE}.")
  int quality;

  @Option(
      names = "--against",
      paramLabel = "KEY=VALUE",
      description = "Rounds with this override as well, in turns with those without. Repeatable.")
  List<String> against = new ArrayList<>();

  @Option(names = "--json", description = "One line of JSON.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    atLeast("--frames", frames, LEAST_FRAMES);
    atLeast("--rounds", rounds, 1);
    if (quality < 1 || quality > 100) {
      throw mistake("--quality is 1 to 100, found " + quality);
    }
    List<byte[]> encoded = encoded();
    try (ModelOptions.Opened opened = model.open()) {
      PipelineConfig settings = opened.config().config().pipeline();
      List<Detector> detectors = model.build(opened, settings.lanes());
      try {
        List<String> overrides = new ArrayList<>(model.overrides);
        overrides.add("console.port=0");
        ServerOptions options = new ServerOptions(model.config, overrides, model.plugins, false);
        Bench bench = new Bench(options, model.models(), encoded, settings.maxBatch());
        print(bench.run(detectors, rounds, frames, 4, against), settings);
      } finally {
        detectors.forEach(Detector::close);
      }
    }
    return 0;
  }

  private void atLeast(String option, int value, int least) {
    if (value < least) {
      throw mistake(option + " is at least " + least + ", found " + value);
    }
  }

  private ParameterException mistake(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private List<byte[]> encoded() {
    List<byte[]> all = new ArrayList<>();
    try (VideoReader reader = VideoReader.open(video);
        JpegEncoder encoder = new JpegEncoder(quality)) {
      for (Optional<EncodedPicture> next = reader.nextEncoded(encoder, 0);
          next.isPresent() && all.size() < frames;
          next = reader.nextEncoded(encoder, 0)) {
        all.add(next.get().image());
      }
    }
    if (all.isEmpty()) {
      throw new ConfigException(video, "there are no frames in it.", "Name a video that plays.");
    }
    return all;
  }

  private void print(Bench.Report report, PipelineConfig settings) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.printf(
          Locale.ROOT,
          "{\"ratio\":%.3f,\"streamFps\":%.2f,\"bareFps\":%.2f%s,\"batch\":%d,\"lanes\":%d,\"decodeMillis\":%.2f}%n",
          report.ratio(),
          Bench.Report.median(report.stream()),
          Bench.Report.median(report.bare()),
          report.other().isEmpty()
              ? ""
              : String.format(
                  Locale.ROOT, ",\"againstFps\":%.2f", Bench.Report.median(report.other())),
          settings.maxBatch(),
          settings.lanes(),
          report.decodeMillis());
      out.flush();
      return;
    }
    out.printf(
        Locale.ROOT,
        "bare network      %s frames/s, batch %d, %d lanes%n",
        list(report.bare()),
        settings.maxBatch(),
        settings.lanes());
    out.printf(Locale.ROOT, "topic to topic    %s frames/s%n", list(report.stream()));
    out.printf(Locale.ROOT, "ratio of medians  %.3f%n", report.ratio());
    if (!report.other().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "with %s: %s frames/s, %.3f of topic to topic without%n",
          String.join(" ", against),
          list(report.other()),
          Bench.Report.median(report.other()) / Bench.Report.median(report.stream()));
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "One frame on its own: decoding %.2f ms; resize, network and boxes %.2f ms, of which the network %.2f ms%n",
        report.decodeMillis(),
        report.detectMillis(),
        report.networkMillis());
    out.println(
        "Processor time of Java threads for each frame of the stream (ONNX Runtime's own threads are not seen):");
    report.threads().entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue(), a.getValue()))
        .filter(e -> e.getValue() >= 0.01)
        .forEach(e -> out.printf(Locale.ROOT, "  %-42s %6.2f ms%n", e.getKey(), e.getValue()));
    out.flush();
  }

  private static String list(List<Double> values) {
    return values.stream()
        .map(v -> String.format(Locale.ROOT, "%.1f", v))
        .collect(Collectors.joining("  "));
  }
}
