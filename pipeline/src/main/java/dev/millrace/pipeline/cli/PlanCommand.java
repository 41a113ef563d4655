package dev.millrace.pipeline.cli;

import dev.millrace.components.modeling.Detector;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace plan}: how a configuration will run. */
@Command(
    name = "plan",
    description =
        "Shows how a configuration will run, as a database explains a query: which stages are one compiled"
            + " segment, which run eagerly, and why.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  millrace plan configs/coco/faster_rcnn_fbnetv3a_C4.yaml"})
final class PlanCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ModelOptions model = new ModelOptions();

  @Override
  public Integer call() {
    try (ModelOptions.Opened opened = model.open()) {
      List<Detector> detectors = model.build(opened, 1);
      PrintWriter out = spec.commandLine().getOut();
      detectors.forEach(
          detector -> {
            out.println(model.config + "  " + opened.config().hash());
            out.print(detector.plan());
            out.printf("    weights %.1f MB%n", detector.nativeBytes() / 1e6);
            out.flush();
            detector.close();
          });
    }
    return 0;
  }
}
