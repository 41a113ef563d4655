package dev.millrace.pipeline.cli;

import dev.millrace.connectors.street.Daylight;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetOptions;
import dev.millrace.connectors.street.StreetSplit;
import dev.millrace.connectors.street.Viewpoint;
import dev.millrace.connectors.street.Weather;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace street}. */
@Command(
    name = "street",
    description =
        "Writes pictures of synthetic streets with what is in them, as a COCO dataset: DIR/images"
            + " and DIR/instances.json.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The same seed, split and size give the same pictures, now and elsewhere. No street of one split"
          + " is in another.",
      "",
      "Examples:",
      "  millrace street --out streets --images 200",
      "  millrace street --out night --images 50 --split validation --light night",
      "  millrace street --images 12 --sheet streets.png",
      "  millrace evaluate CONFIG --dataset streets",
    })
final class StreetCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(names = "--out", paramLabel = "DIR", description = "Where the dataset goes")
  @Nullable Path out;

  @Option(
      names = "--sheet",
      paramLabel = "FILE.png",
      description = "Draw the first twelve with their boxes into one picture")
  @Nullable Path sheet;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many (default: ${DEFAULT-VALUE})")
  int images;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Another one gives other streets (default: ${DEFAULT-VALUE})")
  long seed;

  @Option(
      names = "--split",
      defaultValue = "test",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  StreetSplit split = StreetSplit.TEST;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      defaultValue = "640",
      description = "Default: ${DEFAULT-VALUE}")
  int width;

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      defaultValue = "360",
      description = "Default: ${DEFAULT-VALUE}")
  int height;

  @Option(
      names = "--quality",
      paramLabel = "1..100",
      defaultValue = "90",
      description = "JPEG quality (default: ${DEFAULT-VALUE})")
  int quality;

  @Option(names = "--view", description = "Only this of ${COMPLETION-CANDIDATES}")
  @Nullable Viewpoint view;

  @Option(names = "--weather", description = "Only this of ${COMPLETION-CANDIDATES}")
  @Nullable Weather weather;

  @Option(names = "--light", description = "Only this of ${COMPLETION-CANDIDATES}")
  @Nullable Daylight light;

  @Override
  public void run() {
    if (out == null && sheet == null) {
      throw mistake("nothing to write: --out DIR or --sheet FILE.png");
    }
    if (images < 1 || quality < 1 || quality > 100) {
      throw mistake("--images is at least 1; --quality is 1 to 100");
    }
    StreetExport export = new StreetExport(new StreetDataset(split, seed, options()), images);
    try {
      if (out != null) {
        export.write(Files.createDirectories(out), quality);
        spec.commandLine().getErr().printf("%d images in %s%n", images, out);
      }
      if (sheet != null) {
        export.sheet(sheet);
        spec.commandLine().getErr().printf("the first of them in %s%n", sheet);
      }
    } catch (IOException e) {
      throw new FailedException(e.getMessage() + ": this cannot be written");
    }
  }

  private StreetOptions options() {
    try {
      return new StreetOptions(
          width,
          height,
          Optional.ofNullable(view),
          Optional.ofNullable(weather),
          Optional.ofNullable(light),
          1,
          1);
    } catch (IllegalArgumentException e) {
      throw mistake("--" + e.getMessage());
    }
  }

  private ParameterException mistake(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
