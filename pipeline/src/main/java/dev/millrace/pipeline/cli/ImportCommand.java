package dev.millrace.pipeline.cli;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.LoadedConfig;
import dev.millrace.pipeline.importing.ClassNames;
import dev.millrace.pipeline.importing.Detectron2Import;
import dev.millrace.pipeline.importing.Imported;
import dev.millrace.pipeline.importing.ImportedFile;
import dev.millrace.pipeline.importing.ImportedWeights;
import dev.millrace.pipeline.plugin.PluginLoader;
import dev.millrace.pipeline.plugin.PluginSet;
import dev.millrace.pipeline.server.StandardModels;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace import}. */
@Command(
    name = "import",
    description = "Turns a model of another library (Detectron2) into a configuration.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ImportCommand.Detectron2.class)
final class ImportCommand {

  /** {@code millrace import detectron2}. */
  @Command(
      name = "detectron2",
      description =
          "Translates a configuration of Detectron2, checks it against its checkpoint, and writes it.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "CONFIG is YAML of Detectron2's version 2: one of its own, with the files that it names in"
            + " _BASE_, or the config.yaml that training put into OUTPUT_DIR. It is read as data:"
            + " nothing in it is run. CHECKPOINT is what training wrote (.pth, .pkl), or an address"
            + " of the model zoo; from there it is fetched.",
        "",
        "What is written says the same in the words of docs/configuration.md. Before that the"
            + " model is built and every parameter of the checkpoint is given its place, as millrace"
            + " plan does. What has no counterpart is told, key by key: settings of training are"
            + " left out with a comment, and where the model would find something else, nothing is"
            + " written (exit code 1) unless --partial says so.",
        "",
        "Examples:",
        "  millrace import detectron2 output/config.yaml output/model_final.pth \\",
        "      -o configs/mine.yaml --classes names.txt",
        "  millrace import detectron2 -o - \\",
        "    detectron2/configs/COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml \\",
        "    detectron2://COCO-Detection/faster_rcnn_R_50_FPN_3x/137849458/model_final_280758.pkl",
        "",
        "Then:",
        "  MILLRACE_WEIGHTS=output millrace serve configs/mine.yaml",
      })
  static final class Detectron2 implements Callable<Integer> {

    @Spec CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "CONFIG", description = "Detectron2's YAML file.")
    Path config = Path.of("");

    @Parameters(
        index = "1",
        paramLabel = "CHECKPOINT",
        description =
            "The weights: a file, an https address, or detectron2://... of the model zoo.")
    String checkpoint = "";

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "FILE",
        description = "Where the configuration goes; - is stdout.")
    String output = "";

    @Option(names = "--force", description = "Overwrite the file if it is there.")
    boolean force;

    @Option(
        names = "--classes",
        paramLabel = "FILE",
        description =
            "Names of the classes, one a line; default: COCO's where the number fits, else numbers.")
    @Nullable Path classes;

    @Option(
        names = "--stuff-classes",
        paramLabel = "FILE",
        description =
            "The same for the semantic classes of a panoptic model; the first is all things.")
    @Nullable Path stuffClasses;

    @Option(
        names = "--sha256",
        paramLabel = "HEX",
        description =
            "What the checkpoint must have; an address whose name does not end with the start of its"
                + " hash, as the model zoo's do, needs it.")
    @Nullable String sha256;

    @Option(
        names = "--partial",
        description = "Write it also where the model needs what has no counterpart.")
    boolean partial;

    @Option(
        names = "--verify",
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "Build the model and load the checkpoint first (default: on).")
    boolean verify;

    @Option(names = "--plugins", paramLabel = "DIR", description = "A folder of plugin jars.")
    @Nullable Path plugins;

    @Override
    public Integer call() throws IOException {
      boolean stdout = output.equals("-");
      // As if it were written here: what stands on stdout has no place of its own yet.
      Path target = Path.of(stdout ? "imported.yaml" : output);
      if (!stdout) {
        checkTarget(target);
      }
      PrintWriter out = spec.commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      try (PluginSet code = new PluginLoader(plugins).open()) {
        Registries registries = StandardComponents.registries();
        code.register(registries);
        Imported imported =
            new Detectron2Import(registries).read(config, new ClassNames(classes, stuffClasses));
        tell(imported, err);
        ImportedWeights weights =
            ImportedWeights.of(
                checkpoint,
                sha256,
                target,
                WeightsStore.ofEnvironment(System.getenv()),
                new DownloadBar());
        String yaml = ImportedFile.yaml(imported, weights, target);
        if (verify) {
          try {
            verify(yaml, target, weights.folder(), registries, stdout ? err : out);
          } catch (ConfigException e) {
            err.println("millrace: nothing was written; --no-verify writes what this is about:");
            throw e;
          }
        }
        if (stdout) {
          out.print(yaml);
        } else {
          Files.writeString(target, yaml);
          out.println("wrote " + target);
        }
        if (weights.folder() != null) {
          err.println(
              "millrace: the checkpoint lies outside the configurations: set MILLRACE_WEIGHTS="
                  + weights.folder());
        }
      }
      out.flush();
      err.flush();
      return ExitCodes.OK;
    }

    private void checkTarget(Path target) {
      if (!force && Files.exists(target)) {
        throw new ParameterException(
            spec.commandLine(), target + " is there already; --force overwrites it");
      }
      Path parent = target.toAbsolutePath().normalize().getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new ParameterException(spec.commandLine(), "there is no folder " + parent);
      }
    }

    private void tell(Imported imported, PrintWriter err) {
      imported.notes().forEach(note -> err.println("millrace: note: " + note + "."));
      if (!imported.training().isEmpty()) {
        err.println(
            "millrace: note: "
                + imported.training().size()
                + " settings of training and evaluation are left out; a comment lists them.");
      }
      imported.essential().forEach(u -> err.println("millrace: cannot translate " + u));
      if (!imported.essential().isEmpty() && !partial) {
        throw new FailedException(
            "nothing was written, since the model would find something else; --partial writes the"
                + " rest, to be completed by hand");
      }
    }

    /** Loads it from where it will stand, and shows how it will run. */
    private void verify(
        String yaml, Path target, @Nullable Path folder, Registries registries, PrintWriter out) {
      LoadedConfig loaded =
          new ConfigLoader(ConfigLoader.rootOf(target))
              .load(target, yaml.getBytes(StandardCharsets.UTF_8), List.of(), registries);
      StandardModels models =
          new StandardModels(
              WeightsStore.ofEnvironment(environment(folder)),
              target.toAbsolutePath(),
              new DownloadBar());
      List<Detector> detectors;
      try {
        detectors = models.build(loaded, registries, 1, List.of());
      } catch (ConfigException e) {
        throw loaded.tree().locate(e);
      }
      for (Detector detector : detectors) {
        try (detector) {
          out.println(
              "checkpoint and model fit: every parameter has its values, no entry is left over");
          out.print(detector.plan());
          out.printf("    weights %.1f MB%n", detector.nativeBytes() / 1e6);
        }
      }
    }

    private static Map<String, String> environment(@Nullable Path folder) {
      Map<String, String> environment = new HashMap<>(System.getenv());
      if (folder != null) {
        environment.merge(
            "MILLRACE_WEIGHTS", folder.toString(), (old, own) -> own + File.pathSeparator + old);
      }
      return environment;
    }
  }
}
