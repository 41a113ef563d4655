package dev.millrace.components.engine;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
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
        @Nullable Integer threads) {}
