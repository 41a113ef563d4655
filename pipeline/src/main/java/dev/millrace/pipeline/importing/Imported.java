package dev.millrace.pipeline.importing;

import java.util.List;
import java.util.Map;

/**
 * A model in our keys, weights apart.
 *
 * @param title what kind of model it is: {@code Mask R-CNN with ResNet-50 and FPN}
 * @param source the name of the file that it comes from
 * @param model the value of {@code model}: preprocessor, architecture, postprocessor, classes
 * @param untranslated what it loses
 * @param notes what its author should know: sentences without a full stop
 */
public record Imported(
    String title,
    String source,
    Map<String, Object> model,
    List<Untranslated> untranslated,
    List<String> notes) {

  public Imported {
    untranslated = List.copyOf(untranslated);
    notes = List.copyOf(notes);
  }

  /** What it cannot do without. */
  public List<Untranslated> essential() {
    return untranslated.stream().filter(Untranslated::essential).toList();
  }

  /** What only its training would need. */
  public List<Untranslated> training() {
    return untranslated.stream().filter(u -> !u.essential()).toList();
  }
}
