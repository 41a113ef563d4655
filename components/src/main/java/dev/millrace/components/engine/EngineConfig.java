package dev.millrace.components.engine;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import org.jspecify.annotations.Nullable;

/** Where and how a model runs. */
public record EngineConfig(
    @JsonPropertyDescription(
            "compiled (default: stages that can be traced run on ONNX Runtime, the others eagerly) or eager")
        @Nullable String mode,
    @JsonPropertyDescription("auto (default), cpu or cuda:N") @Nullable String device,
    @JsonPropertyDescription("fp32 (default) or, on CUDA, fp16") @Nullable String precision,
    @JsonPropertyDescription(
            "Threads of one operation on a CPU; default: the processors of this machine")
        @Nullable Integer threads) {

  public EngineConfig {
    oneOf("mode", mode, "compiled|eager", "compiled or eager");
    oneOf("device", device, "auto|cpu|cuda(:[0-9]{1,2})?", "auto, cpu or cuda:N");
    oneOf("precision", precision, "fp32|fp16", "fp32 or fp16");
    if (threads != null && (threads < 1 || threads > 1024)) {
      throw new ConfigException("threads", "expected 1 to 1024, found " + threads + ".", null);
    }
  }

  private static void oneOf(String key, @Nullable String value, String pattern, String expected) {
    if (value != null && !value.matches(pattern)) {
      throw new ConfigException(key, "expected " + expected + ", found '" + value + "'.", null);
    }
  }
}
