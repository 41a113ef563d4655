package dev.millrace.pipeline.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionState;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConsoleTest {

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private volatile boolean live = true;
  private volatile List<String> troubles = List.of();
  private final Health health =
      new Health() {
        @Override
        public boolean live() {
          return live;
        }

        @Override
        public List<String> troubles() {
          return troubles;
        }
      };
  private final Revision refused =
      new Revision(
          2,
          RevisionState.REFUSED,
          "demo.yaml changed",
          "",
          "",
          "demo.yaml:3: no alias.",
          Map.of(RevisionState.REFUSED, Instant.EPOCH));
  private final Console console =
      Console.start("127.0.0.1", 0, metrics, health, () -> List.of(refused));

  @AfterEach
  void close() {
    console.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + console.address().getPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void listensOnLoopbackOnly() {
    assertThat(console.address().getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  void metricsAreWhatPrometheusReads() throws Exception {
    metrics.counter("millrace.frames.in").increment(3);
    var response = get("/metrics");
    assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(response.body()).contains("millrace_frames_in_total 3.0");
  }

  @Test
  void readinessNamesItsReasons() throws Exception {
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    troubles = List.of("the sink takes no events: gone");
    var response = get("/health/ready");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(JsonMapper.shared().readTree(response.body()))
        .isEqualTo(
            JsonMapper.shared()
                .readTree("{\"ready\":false,\"reasons\":[\"the sink takes no events: gone\"]}"));
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    live = false;
    assertThat(get("/health/live").statusCode()).isEqualTo(503);
  }

  @Test
  void revisionsAreListed() throws Exception {
    JsonNode first = JsonMapper.shared().readTree(get("/revisions").body()).get(0);
    assertThat(first.get("id").asInt()).isEqualTo(2);
    assertThat(first.get("state").asString()).isEqualTo("REFUSED");
    assertThat(first.get("reason").asString()).isEqualTo("demo.yaml:3: no alias.");
    assertThat(first.get("times").get("REFUSED").asString()).isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void theIndexSaysWhatThereIsAndTheRestIsNotFound() throws Exception {
    assertThat(get("/").body()).contains("/health/ready");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void aTakenPortIsAMistakeInTheConfiguration() {
    int taken = console.address().getPort();
    assertThatThrownBy(() -> Console.start("127.0.0.1", taken, metrics, health, List::of))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("127.0.0.1:" + taken)
        .hasMessageContaining("console.port");
  }
}
