package dev.millrace.pipeline.cli;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.dataset.Datasets;
import dev.millrace.pipeline.evaluation.Measure;
import dev.millrace.pipeline.training.TrainingFailedException;
import dev.millrace.pipeline.training.TrainingFolder;
import dev.millrace.pipeline.training.TrainingReport;
import dev.millrace.pipeline.training.TrainingSetup;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace train}. */
@Command(
    name = "train",
    description = "Teaches a model what a dataset shows.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The section 'training' of the configuration says what to learn from and how"
          + " (docs/train.md).",
      "Results go to a folder, output/NAME if none is named:",
      "  model.safetensors            the newest weights, for serve, evaluate and plan",
      "  training_state.safetensors   what --resume goes on from",
      "  metrics.jsonl, plot.png      losses, rate, AP",
      "Ctrl-C or SIGTERM saves after the step that runs. Killed in any other way, the run goes on"
          + " from the last state that was saved, with the same losses as if nothing had happened.",
      "",
      "Examples:",
      "  millrace train configs/street/train.yaml",
      "  millrace train configs/street/train.yaml --output runs/street --resume",
      "  millrace train configs/bccd/train.yaml -o training.solver.maxIter=500",
      "",
      "A server that follows the weights swaps to them whenever they change:",
      "  MILLRACE_WEIGHTS=output/street millrace serve CONFIG \\",
      "    -o model.weights.file=model.safetensors -o model.weights.follow=true",
    })
final class TrainCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where results go (default: output/ and the configuration's folder)")
  @Nullable Path output;

  @Option(names = "--resume", description = "Go on with the run in that folder, if there is one")
  boolean resume;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto (a GPU if PyTorch has one), cpu or cuda:N; default: ${DEFAULT-VALUE}")
  String device = "auto";

  private final AtomicBoolean stop = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public Integer call() throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::finishOnSignal, "finish-training"));
    TrainingFolder folder = new TrainingFolder(output == null ? usual() : output);
    try (ModelOptions.Opened opened = model.open();
        TrainView view = new TrainView(spec.commandLine().getErr(), Terminal.err())) {
      TrainingReport report = run(opened, folder, view);
      view.close();
      print(report, folder);
      return ExitCodes.OK;
    } catch (TrainingFailedException e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    } finally {
      ended.countDown();
    }
  }

  private TrainingReport run(ModelOptions.Opened opened, TrainingFolder folder, TrainView view)
      throws InterruptedException {
    try {
      return TrainingSetup.of(
              opened.config(),
              opened.registries(),
              model.models().finder(opened.config()),
              Datasets.ofEnvironment(System.getenv()),
              device,
              folder,
              resume,
              view)
          .run(stop::get);
    } catch (ConfigException e) {
      // Others are of an option, or of a file that is none of the configuration's.
      throw e.path().matches("(model|training)(\\..+)?") ? opened.config().tree().locate(e) : e;
    }
  }

  /** {@code output/street} for {@code configs/street/train.yaml}. */
  private Path usual() {
    Path parent = model.config.toAbsolutePath().getParent();
    Path name = parent == null ? null : parent.getFileName();
    return Path.of("output", name == null ? "training" : name.toString());
  }

  private void print(TrainingReport report, TrainingFolder folder) {
    PrintWriter out = spec.commandLine().getOut();
    if (report.complete()) {
      out.printf("steps     %d in %s%n", report.iteration(), TrainView.time(report.seconds()));
    } else {
      out.printf("steps     %d of %d; go on with --resume%n", report.iteration(), report.maxIter());
    }
    report
        .ap()
        .forEach(
            (measure, ap) -> {
              if (measure != Measure.BOXES) {
                out.println(TrainView.name(measure) + ":");
              }
              out.printf(Locale.ROOT, "AP        %.4f%n", ap.ap());
              out.printf(Locale.ROOT, "AP50      %.4f%n", ap.ap50());
              out.printf(Locale.ROOT, "AP75      %.4f%n", ap.ap75());
            });
    report
        .memorySlope()
        .ifPresent(
            slope ->
                out.printf(
                    Locale.ROOT,
                    "memory    %+.1f MB a thousand steps, after the first 200%n",
                    slope));
    out.printf("weights   %s%n", folder.weights());
    out.printf("log       %s%n", folder.metrics());
    out.printf("plot      %s%n", folder.plot());
    out.flush();
  }

  private void finishOnSignal() {
    stop.set(true);
    try {
      if (!ended.await(60, TimeUnit.SECONDS)) {
        spec.commandLine().getErr().println("the step that runs did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
