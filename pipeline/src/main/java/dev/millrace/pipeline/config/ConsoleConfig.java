package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;

/** Where metrics, health and revisions are served over HTTP. */
public record ConsoleConfig(
    @JsonPropertyDescription("Address to listen on; anything but loopback is open to the network")
        @JsonProperty(defaultValue = "127.0.0.1")
        String host,
    @JsonPropertyDescription("TCP port; 0 takes a free one") @JsonProperty(defaultValue = "8080")
        int port) {
  public ConsoleConfig {
    if (port < 0 || port > 65535) {
      throw new ConfigException("port", "expected 0 to 65535, found " + port + ".", null);
    }
  }
}
