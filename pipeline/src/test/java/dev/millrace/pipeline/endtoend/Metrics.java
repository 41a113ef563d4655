package dev.millrace.pipeline.endtoend;

import dev.millrace.pipeline.server.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a server's console says over HTTP. */
final class Metrics {
  private final Map<String, Double> samples = new LinkedHashMap<>();

  private Metrics() {}

  /** What {@code GET /metrics} says now. */
  static Metrics scrape(Server server) {
    Metrics metrics = new Metrics();
    HttpResponse<String> response = get(server, "/metrics");
    if (response.statusCode() != 200) {
      throw new AssertionError("/metrics answers " + response.statusCode());
    }
    response
        .body()
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(metrics::add);
    return metrics;
  }

  static HttpResponse<String> get(Server server, String path) {
    InetSocketAddress at = server.console();
    URI address =
        URI.create("http://" + at.getAddress().getHostAddress() + ":" + at.getPort() + path);
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(path + " does not answer", e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void add(String line) {
    int end = line.lastIndexOf(' ');
    samples.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
  }

  /**
   * @param sample name and labels, as the text has them
   */
  double value(String sample) {
    Double value = samples.get(sample);
    if (value == null) {
      throw new AssertionError(sample + " is not among " + samples.keySet());
    }
    return value;
  }
}
