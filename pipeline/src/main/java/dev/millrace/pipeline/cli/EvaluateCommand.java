package dev.millrace.pipeline.cli;

import dev.millrace.components.modeling.Detector;
import dev.millrace.pipeline.evaluation.BoxAp;
import dev.millrace.pipeline.evaluation.CocoDataset;
import dev.millrace.pipeline.evaluation.Evaluation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace evaluate}: COCO box AP of a configuration on a dataset. */
@Command(
    name = "evaluate",
    description = "Measures COCO box average precision and speed of a model on a dataset.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  millrace evaluate configs/coco/faster_rcnn_fbnetv3a_C4.yaml --dataset datasets/coco128",
      "  millrace evaluate CONFIG --dataset DIR --engine eager --limit 20",
      "  millrace evaluate CONFIG --dataset DIR --json | jq .AP",
      "",
      "DIR holds instances.json and a folder images."
    })
final class EvaluateCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "DIR",
      description = "The dataset's folder.")
  Path dataset = Path.of("");

  @Option(names = "--engine", paramLabel = "compiled|eager", description = "Overrides engine.mode.")
  @Nullable String engine;

  @Option(names = "--limit", paramLabel = "N", description = "Only the first N images.")
  @Nullable Integer limit;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Most images of one size in a batch, default ${DEFAULT-VALUE}.")
  int batch;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description =
          "Copies of the model side by side; default: one for each processor, of one thread each.")
  @Nullable Integer lanes;

  @Option(
      names = "--json",
      description = "One line of JSON: AP, AP50, AP75, images, imagesPerSecond.")
  boolean json;

  @Override
  public Integer call() {
    List<String> overrides = new ArrayList<>();
    if (lanes == null) {
      overrides.add("engine.threads=1");
    }
    if (engine != null) {
      overrides.add("engine.mode=" + engine);
    }
    CocoDataset truth = CocoDataset.read(dataset.resolve("instances.json"));
    CocoDataset part = limit == null ? truth : truth.limit(limit);
    try (ModelOptions.Opened opened = model.open(overrides.toArray(String[]::new))) {
      int copies = lanes == null ? Runtime.getRuntime().availableProcessors() : lanes;
      List<Detector> detectors = model.build(opened, copies);
      try (ProgressBar bar = new ProgressBar("evaluate", part.images().size())) {
        Evaluation evaluation =
            new Evaluation(
                part, dataset.resolve("images"), opened.config().config().model().classes(), batch);
        print(evaluation.run(detectors, bar::at));
      } finally {
        detectors.forEach(Detector::close);
      }
    }
    return 0;
  }

  private void print(Evaluation.Report report) {
    PrintWriter out = spec.commandLine().getOut();
    BoxAp ap = report.ap();
    if (json) {
      out.printf(
          Locale.ROOT,
          "{\"AP\":%.4f,\"AP50\":%.4f,\"AP75\":%.4f,\"images\":%d,\"imagesPerSecond\":%.2f}%n",
          ap.ap(),
          ap.ap50(),
          ap.ap75(),
          report.images(),
          report.imagesPerSecond());
    } else {
      out.printf(
          Locale.ROOT,
          "AP   %.4f%nAP50 %.4f%nAP75 %.4f%n%d images, %.1f a second, decoding included%n",
          ap.ap(),
          ap.ap50(),
          ap.ap75(),
          report.images(),
          report.imagesPerSecond());
    }
    out.flush();
  }
}
