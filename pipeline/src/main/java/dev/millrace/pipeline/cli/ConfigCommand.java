package dev.millrace.pipeline.cli;

import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ConfigReference;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace config}. */
@Command(
    name = "config",
    description = "Checks configurations and explains their keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Reference.class})
final class ConfigCommand {

  /** {@code millrace config check}. */
  @Command(
      name = "check",
      description = "Reads a configuration as serve would, and says what is wrong with it.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Names, keys and types are checked; that shapes fit and weights are there, millrace plan"
            + " tells.",
        "",
        "Example:",
        "  millrace config check configs/demo.yaml && echo fine",
      })
  static final class Check implements Runnable {

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ModelOptions model = new ModelOptions();

    @Override
    public void run() {
      try (ModelOptions.Opened opened = model.open()) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(model.config + " is fine: " + opened.config().hash());
        out.flush();
      }
    }
  }

  /** {@code millrace config reference}. */
  @Command(
      name = "reference",
      description = "Writes the page that explains every key and component, as Markdown.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  millrace config reference > docs/configuration.md"})
  static final class Reference implements Runnable {

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(ConfigReference.markdown(StandardComponents.registries()));
      out.flush();
    }
  }
}
