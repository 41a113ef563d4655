package dev.millrace.pipeline.cli;

import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Datasets;
import dev.millrace.pipeline.evaluation.Evaluation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace evaluate}: COCO AP of a configuration on a dataset. */
@Command(
    name = "evaluate",
    description =
        "Measures a model on a dataset: speed and COCO average precision, of boxes, and of masks and"
            + " keypoints where both have them.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  millrace evaluate CONFIG --dataset datasets/coco128",
      "  millrace evaluate CONFIG --dataset DIR --engine eager --limit 20",
      "  millrace evaluate CONFIG --dataset DIR --json | jq .AP",
      "  millrace evaluate CONFIG --dataset 'street://?split=test&images=500'",
      "  millrace evaluate CONFIG --dataset datasets/bccd --split test",
      "",
      "A dataset is a folder with instances.json and images/ (COCO; with --split S,",
      "annotations/instances_S.json and S/), a folder with Annotations/, JPEGImages/",
      "and ImageSets/ (VOC), or an address of synthetic streets (docs/street.md). A",
      "name is looked for in the folders of MILLRACE_DATASETS as well. Categories that",
      "the model has no class for do not count."
    })
final class EvaluateCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "DATASET",
      description = "The dataset's folder, its name, or street://...")
  String dataset = "";

  @Option(
      names = "--split",
      paramLabel = "NAME",
      split = ",",
      description = "Which of the dataset's splits; VOC folders need it.")
  List<String> splits = new ArrayList<>();

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
      description =
          "One line of JSON: AP, AP50, AP75 of boxes, the same of masks and keypoints where both"
              + " have them, images, imagesPerSecond; null is what is not defined.")
  boolean json;

  @Override
  public Integer call() {
    atLeastOne("--limit", limit);
    atLeastOne("--batch", batch);
    atLeastOne("--lanes", lanes);
    List<String> overrides = new ArrayList<>();
    if (lanes == null) {
      overrides.add("engine.threads=1");
    }
    if (engine != null) {
      overrides.add("engine.mode=" + engine);
    }
    try (ModelOptions.Opened opened = model.open(overrides.toArray(String[]::new))) {
      List<ObjectClass> classes = opened.config().config().model().classes();
      Dataset all = Datasets.ofEnvironment(System.getenv()).open(dataset, splits, classes);
      Dataset part = limit == null ? all : all.limit(limit);
      int copies = lanes == null ? Runtime.getRuntime().availableProcessors() : lanes;
      List<Detector> detectors = model.build(opened, copies);
      try (ProgressBar bar = new ProgressBar("evaluate", part.images().size())) {
        print(new Evaluation(part, classes, batch).run(detectors, bar::at), part);
      } finally {
        detectors.forEach(Detector::close);
      }
    }
    return 0;
  }

  private void atLeastOne(String option, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new ParameterException(
          spec.commandLine(), option + ": expected 1 or more, found " + value);
    }
  }

  private void print(Evaluation.Report report, Dataset part) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(EvaluationText.json(report));
    } else {
      EvaluationText.table(report, part.categories()).forEach(out::println);
    }
    out.flush();
  }
}
