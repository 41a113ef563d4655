package dev.millrace.components.checkpoint;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which trained parameters a model gets. Without {@code file} and {@code url} every one must be in
 * {@code initialize}.
 */
public record WeightsConfig(
    @JsonPropertyDescription(
            "Path of a checkpoint, relative to the configuration file, or a file name looked up in MILLRACE_WEIGHTS")
        @Nullable String file,
    @JsonPropertyDescription("https address to fetch it from when no folder has it; needs sha256")
        @Nullable String url,
    @JsonPropertyDescription("SHA-256 of the file in hex; another file is refused")
        @Nullable String sha256,
    @JsonPropertyDescription(
            "Patterns (such as backbone.**) of parameters that are initialised at random and not loaded")
        @Nullable List<String> initialize,
    @JsonPropertyDescription("Patterns of parameters in the file that the model does not need")
        @Nullable List<String> ignore,
    @JsonPropertyDescription("Seed of the random parameters, default 0") @Nullable Long seed) {}
