package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@code millrace train} teaches the model. Serving does not read it. */
public record TrainingConfig(
    @JsonPropertyDescription("What is learnt from") DatasetConfig train,
    @JsonPropertyDescription("What it is measured by; default: nothing")
        @Nullable DatasetConfig test,
    @JsonPropertyDescription("Steps from one measurement to the next; 0: only at the end")
        @JsonProperty(defaultValue = "0")
        int evalPeriod,
    @JsonPropertyDescription("How pictures are varied") @JsonProperty(defaultValue = "{}")
        InputConfig input,
    @JsonPropertyDescription("How values change") @JsonProperty(defaultValue = "{}")
        SolverConfig solver,
    @JsonPropertyDescription(
            "Patterns (such as backbone.bottom_up.stem.**) of parameters that keep their values;"
                + " normalisation among them keeps its statistics too")
        @Nullable List<String> freeze,
    @JsonPropertyDescription("The same seed learns the same") @JsonProperty(defaultValue = "1")
        long seed) {

  public TrainingConfig {
    if (evalPeriod < 0) {
      throw new ConfigException(
          "evalPeriod", "expected 0 or more, found " + evalPeriod + ".", null);
    }
  }
}
