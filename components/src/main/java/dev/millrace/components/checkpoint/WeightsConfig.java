package dev.millrace.components.checkpoint;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which trained parameters a model gets. Without {@code file} and {@code url} every one must be in
 * {@code initialize}.
 */
public record WeightsConfig(
    @JsonPropertyDescription(
            "Path of a checkpoint, relative to the file that names it, or a file name looked up in MILLRACE_WEIGHTS")
        @Nullable String file,
    @JsonPropertyDescription(
            "https address to fetch it from when no folder has it; needs sha256, unless its name ends"
                + " with the start of its hash, as names of Detectron2's model zoo and of torch.hub do")
        @Nullable String url,
    @JsonPropertyDescription("SHA-256 of the file in hex; another file is refused")
        @Nullable String sha256,
    @JsonPropertyDescription(
            "Patterns (such as backbone.**) of parameters that are initialised at random and not loaded")
        @Nullable List<String> initialize,
    @JsonPropertyDescription("Patterns of parameters in the file that the model does not need")
        @Nullable List<String> ignore,
    @JsonPropertyDescription("Seed of the random parameters, default 0") @Nullable Long seed,
    @JsonPropertyDescription(
            "true: a server swaps to the file whenever it changes, as while 'millrace train' writes it;"
                + " default false")
        @Nullable Boolean follow) {

  public WeightsConfig {
    if (url != null && !Download.isHttps(url)) {
      throw new ConfigException(
          "url",
          "expected an https address without user name or password, found '"
              + url.replaceAll("//[^/]*@", "//")
              + "'.",
          "Others can be tampered with.");
    }
    if (Boolean.TRUE.equals(follow) && (file == null || url != null || sha256 != null)) {
      throw new ConfigException(
          "follow",
          "what is followed is a file that changes, so it has a file, but neither url nor sha256.",
          "Set file to its name, and url and sha256 to null.");
    }
    if (url != null && sha256 == null && HashInName.of(url).isEmpty()) {
      throw new ConfigException(
          "sha256", "a url needs the sha256 of what it must deliver.", "'sha256sum' prints it.");
    }
    if (sha256 != null && !sha256.matches("[0-9a-fA-F]{64}")) {
      throw new ConfigException(
          "sha256", "expected 64 hex digits, found '" + sha256 + "'.", "'sha256sum' prints them.");
    }
  }
}
