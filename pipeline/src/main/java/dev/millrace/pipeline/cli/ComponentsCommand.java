package dev.millrace.pipeline.cli;

import dev.millrace.components.Registries;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.pipeline.config.ComponentListing;
import dev.millrace.pipeline.plugin.PluginLoader;
import dev.millrace.pipeline.plugin.PluginSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace components}. */
@Command(
    name = "components",
    description = "Lists what a configuration can name, with the arguments of each.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  millrace components",
      "  millrace components backbone",
      "  millrace components --plugins plugins/ --json | jq .name",
    })
final class ComponentsCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..1",
      description = "Only those whose kind or name has this in it")
  @Nullable String text;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "Folder of plugin jars to list as well")
  @Nullable Path plugins;

  @Option(names = "--json", description = "One JSON object a line")
  boolean json;

  @Override
  public void run() {
    Registries registries = StandardComponents.registries();
    try (PluginSet code = new PluginLoader(plugins).open()) {
      code.register(registries);
      List<ComponentListing> listed =
          ComponentListing.of(registries).stream().filter(this::wanted).toList();
      if (listed.isEmpty() && text != null) {
        throw new FailedException("no component has '" + text + "' in its kind or name");
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? ComponentListing.jsonLines(listed) : ComponentListing.text(listed));
      out.flush();
    }
  }

  private boolean wanted(ComponentListing component) {
    return text == null
        || (component.kind() + " " + component.name())
            .toLowerCase(Locale.ROOT)
            .contains(text.toLowerCase(Locale.ROOT));
  }
}
