package dev.millrace.components.modeling;

/**
 * One step of a model: reads arrays, adds arrays.
 *
 * @param name what people call it: {@code backbone}
 * @param component the class that does it, for the plan
 * @param step its work; keeps no state
 */
public record Stage(String name, String component, Step step) {

  /** The work of a stage. */
  @FunctionalInterface
  public interface Step {
    void run(Forward forward, Values values);
  }
}
