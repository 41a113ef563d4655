package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.engine.EngineConfig;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.connectors.kafka.KafkaSinkConfig;
import dev.millrace.connectors.kafka.KafkaSourceConfig;
import org.jspecify.annotations.Nullable;

/**
 * A whole configuration. Which folder plugins come from is not in it: only the command line says.
 */
public record MillraceConfig(
    @JsonPropertyDescription("What looks at the frames") ModelConfig model,
    @JsonPropertyDescription("Where and how the model runs") @JsonProperty(defaultValue = "{}")
        EngineConfig engine,
    @JsonPropertyDescription("How frames flow through it") @JsonProperty(defaultValue = "{}")
        PipelineConfig pipeline,
    @JsonPropertyDescription("Where frames come from; a command may bring its own")
        @Nullable KafkaSourceConfig source,
    @JsonPropertyDescription("Where events and dead letters go; a command may bring its own")
        @Nullable KafkaSinkConfig sink,
    @JsonPropertyDescription("Metrics, health and revisions over HTTP")
        @JsonProperty(defaultValue = "{}")
        ConsoleConfig console,
    @JsonPropertyDescription("How 'millrace train' teaches the model")
        @Nullable TrainingConfig training) {}
