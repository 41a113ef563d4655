package dev.millrace.pipeline.config;

import dev.millrace.components.Registries;
import java.util.List;

/** The page docs/configuration.md, written from the records and the registries. */
public final class ConfigReference {
  /** How a person writes the page again. */
  public static final String COMMAND = "./millrace config reference > docs/configuration.md";

  private static final String INTRODUCTION =
      """
      # Configuration

      Written by `%s`; a test fails when it is stale. Change the records, not this page.

      A configuration is one small YAML document (at most %d KiB, %d levels). Aliases, anchors, tags and duplicate keys are
      refused, and so is every key that is not on this page. `millrace config check FILE` says what is wrong with a file, and where.

      * `_BASE_: ../base/model.yaml` (or a list) names files to inherit from, relative to this one and inside the configuration root. Maps merge,
        lists and scalars replace, an empty value resets to the default, a change between map, list and scalar is an error. A component of another
        `name` replaces the inherited one with all its arguments.
      * `--override model.preprocessor.minSize=640` changes one key from the command line, after everything else. A key that contains dots is quoted:
        `--override 'source.properties."max.poll.records"=5'`.
      * A *component* is a map with `name` and its arguments, or only its name: `postprocessor: DetectionPostprocessor`.
      * A *duration* is written `5ms`, `2s`, `1m`, `1h` (or ISO 8601, `PT2S`), a *size* `64MiB`, `16KiB` or a number of bytes.
      * Secrets stay out: `${env:NAME}` and `${file:/path}` are replaced where they are used, and never shown.
      * Which folder plugins come from is not in here: only the command line says.

      ## Keys

      """;

  private ConfigReference() {}

  /**
   * @param registries the components to list
   */
  public static String markdown(Registries registries) {
    StringBuilder page = new StringBuilder();
    page.append(INTRODUCTION.formatted(COMMAND, YamlReader.MAX_BYTES / 1024, YamlReader.MAX_DEPTH));
    table(KeyListing.of(MillraceConfig.class, new TypeNames(registries)), page);
    page.append("\n## Components\n");
    String kind = "";
    for (ComponentListing component : ComponentListing.of(registries)) {
      if (!component.kind().equals(kind)) {
        kind = component.kind();
        page.append("\n### Kind: ").append(kind).append('\n');
      }
      page.append("\n#### ").append(component.name()).append("\n\n");
      page.append(escaped(component.summary())).append("\n\n");
      if (component.arguments().isEmpty()) {
        page.append("No arguments.\n");
      } else {
        table(component.arguments(), page);
      }
    }
    return page.toString();
  }

  private static void table(List<KeyListing> keys, StringBuilder page) {
    page.append("| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
    for (KeyListing key : keys) {
      String fallback = key.fallback();
      String state =
          fallback != null ? "`" + fallback + "`" : key.required() ? "**required**" : "optional";
      page.append("| `" + key.path() + "` | " + key.type() + " | " + state + " | ");
      page.append(escaped(key.description())).append(" |\n");
    }
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
