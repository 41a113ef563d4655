package dev.millrace.pipeline.console;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.revision.Revision;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP server of the endpoints above. */
public final class Console implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Console.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String INDEX =
      """
      Millrace
        /metrics        Prometheus text
        /health/live    whether the pipeline runs
        /health/ready   whether frames flow, and if not, why
        /revisions      the last revisions, newest first
      """;

  private final LoopResources threads = LoopResources.create("console", 1, true);
  private final DisposableServer server;

  private Console(
      String host,
      int port,
      PrometheusMeterRegistry metrics,
      Health health,
      Supplier<List<Revision>> revisions) {
    try {
      this.server =
          HttpServer.create()
              .host(host)
              .port(port)
              .runOn(threads, false)
              .route(routes -> routes(routes, metrics, health, revisions))
              .bindNow(Duration.ofSeconds(10));
    } catch (ChannelBindException e) {
      threads.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
      throw new ConfigException(
          "console",
          "nothing can listen on " + host + ":" + port + " (" + reason(e) + ").",
          "Choose another port, or 0 for a free one: console.port.");
    }
    if (!address().getAddress().isLoopbackAddress()) {
      log.warn("the console is open to the network on {}", address());
    }
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for a free one
   * @throws ConfigException if the address cannot be listened on
   */
  public static Console start(
      String host,
      int port,
      PrometheusMeterRegistry metrics,
      Health health,
      Supplier<List<Revision>> revisions) {
    return new Console(host, port, metrics, health, revisions);
  }

  private static void routes(
      HttpServerRoutes routes,
      PrometheusMeterRegistry metrics,
      Health health,
      Supplier<List<Revision>> revisions) {
    routes
        .get("/", (request, response) -> text(response, "text/plain", INDEX))
        .get(
            "/metrics",
            (request, response) -> text(response, "text/plain; version=0.0.4", metrics.scrape()))
        .get(
            "/health/live",
            (request, response) -> health(response, "live", health.live(), health.troubles()))
        .get(
            "/health/ready",
            (request, response) -> {
              List<String> troubles = health.troubles();
              return health(response, "ready", troubles.isEmpty(), troubles);
            })
        .get("/revisions", (request, response) -> json(response, revisions.get()));
  }

  private static Publisher<Void> health(
      HttpServerResponse response, String what, boolean good, List<String> reasons) {
    response.status(good ? 200 : 503);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(what, good);
    answer.put("reasons", reasons);
    return json(response, answer);
  }

  private static Publisher<Void> json(HttpServerResponse response, Object value) {
    return text(response, "application/json", JSON.writeValueAsString(value) + "\n");
  }

  private static Publisher<Void> text(HttpServerResponse response, String type, String body) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, type + (type.contains(";") ? "" : "; charset=utf-8"))
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .sendString(Mono.just(body));
  }

  private static String reason(ChannelBindException e) {
    Throwable cause = e.getCause();
    return cause == null ? String.valueOf(e.getMessage()) : String.valueOf(cause.getMessage());
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.address();
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(2));
    threads.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block(Duration.ofSeconds(5));
  }
}
