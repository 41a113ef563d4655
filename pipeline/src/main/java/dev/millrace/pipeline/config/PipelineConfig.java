package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import dev.millrace.components.image.ImageLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How frames flow through the model: batches, threads, limits. */
public record PipelineConfig(
    @JsonPropertyDescription("Most frames in a batch") @JsonProperty(defaultValue = "8")
        int maxBatch,
    @JsonPropertyDescription("Longest that a frame waits for others to fill its batch")
        @JsonProperty(defaultValue = "5ms")
        Duration maxDelay,
    @JsonPropertyDescription(
            "Threads that decode pictures; default: half of the processors, at least 1")
        @Nullable Integer decodeThreads,
    @JsonPropertyDescription("Copies of the model, each with a thread of its own")
        @JsonProperty(defaultValue = "1")
        int lanes,
    @JsonPropertyDescription("A frame of more encoded bytes goes to the dead letters")
        @JsonProperty(defaultValue = "16MiB")
        int maxFrameBytes,
    @JsonPropertyDescription(
            "A picture of more pixels, or of more than 16384 rows or columns, goes to the dead"
                + " letters, before it is unpacked")
        @JsonProperty(defaultValue = "40000000")
        long maxPixels,
    @JsonPropertyDescription("How long a shutdown waits for frames in flight")
        @JsonProperty(defaultValue = "30s")
        Duration shutdownTimeout,
    @JsonPropertyDescription(
            "exactly-once: events, dead letters and offsets are committed in transactions; docs/RELIABILITY.md")
        @JsonProperty(defaultValue = "at-least-once")
        DeliveryGuarantee delivery) {

  public PipelineConfig {
    range("maxBatch", maxBatch, 1, 256);
    atMost("maxDelay", maxDelay, Duration.ofMinutes(1), "1m");
    if (decodeThreads != null) {
      range("decodeThreads", decodeThreads, 1, 256);
    }
    range("lanes", lanes, 1, 64);
    range("maxFrameBytes", maxFrameBytes, 1, ImageLimits.MOST_BYTES);
    range("maxPixels", maxPixels, 1, ImageLimits.MOST_PIXELS);
    atMost("shutdownTimeout", shutdownTimeout, Duration.ofHours(1), "1h");
  }

  private static void atMost(String key, Duration value, Duration high, String shown) {
    if (value.isNegative() || value.compareTo(high) > 0) {
      throw new ConfigException(key, "expected 0 to " + shown + ", found " + value + ".", null);
    }
  }

  private static void range(String key, long value, long low, long high) {
    if (value < low || value > high) {
      throw new ConfigException(
          key, "expected " + low + " to " + high + ", found " + value + ".", null);
    }
  }
}
