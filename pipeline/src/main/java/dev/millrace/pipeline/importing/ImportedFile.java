package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An imported model as a configuration file. */
public final class ImportedFile {
  private static final String COCO_CLASSES = "base/coco_classes.yaml";

  private ImportedFile() {}

  /**
   * @param file where it will stand: COCO's classes come from a base there if it has one
   * @return YAML
   */
  public static String yaml(Imported imported, ImportedWeights weights, Path file) {
    Map<String, Object> model = new LinkedHashMap<>(imported.model());
    Map<String, Object> root = new LinkedHashMap<>();
    Path base = cocoBase(file, model.get("classes"));
    if (base != null) {
      model.remove("classes");
      root.put("_BASE_", base.toString().replace('\\', '/'));
    }
    model.put("weights", weights.weights());
    root.put("model", model);
    return PlainYaml.document(header(imported, weights), root, comments(model));
  }

  private static List<String> header(Imported imported, ImportedWeights weights) {
    List<String> lines = new ArrayList<>();
    lines.add(imported.title() + ", from Detectron2's " + imported.source() + ".");
    if (weights.folder() != null) {
      lines.add(
          "Set MILLRACE_WEIGHTS to the folder that holds " + weights.weights().get("file") + ".");
    }
    if (!imported.essential().isEmpty()) {
      lines.add("NOT TRANSLATED, though what it finds depends on it:");
      imported.essential().forEach(u -> lines.addAll(PlainYaml.wrapped("\u00a0\u00a0" + u)));
    }
    if (!imported.training().isEmpty()) {
      lines.addAll(
          PlainYaml.wrapped(
              "Left out, since only training and evaluation read it: "
                  + imported.training().stream()
                      .map(u -> (u.key() + " " + u.value()).replace(' ', '\u00a0'))
                      .collect(Collectors.joining(", "))
                  + "."));
    }
    return lines;
  }

  private static Map<String, List<String>> comments(Map<String, Object> model) {
    return model.get("architecture") instanceof Map<?, ?> architecture
            && architecture.containsKey("pixelMean")
        ? Map.of("model.architecture.pixelMean", List.of("Blue, green, red."))
        : Map.of();
  }

  /** The base that lists these classes, relative to the file; null if there is none. */
  private static @Nullable Path cocoBase(Path file, @Nullable Object classes) {
    Path absolute = file.toAbsolutePath().normalize();
    Path root = ConfigLoader.rootOf(file).toAbsolutePath().normalize();
    Path base = root.resolve(COCO_CLASSES);
    if (!Files.isRegularFile(base)) {
      return null;
    }
    try {
      boolean same =
          YacsReader.read(Files.readAllBytes(base), base.toString()).get("model")
                  instanceof Map<?, ?> model
              && Scalars.same(classes, model.get("classes"));
      return same ? absolute.resolveSibling("").relativize(base) : null;
    } catch (IOException | ConfigException e) {
      return null; // then the classes are written out
    }
  }
}
