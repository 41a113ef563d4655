package dev.millrace.components.checkpoint;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on loopback that stands in for {@code https://weights.example} and two publishers. */
final class WeightsServer implements Fetcher, AutoCloseable {

  static final String HOST = "https://weights.example";
  private static final Set<String> KNOWN =
      Set.of("weights.example", "dl.fbaipublicfiles.com", "download.pytorch.org");

  final List<URI> asked = new ArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpFetcher http;

  WeightsServer(Duration patience) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    http = new HttpFetcher(patience);
  }

  WeightsServer serve(String path, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    return this;
  }

  WeightsServer redirect(String path, String location) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Location", location);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    return this;
  }

  /** Promises more than it sends; then either hangs up or falls silent until the server closes. */
  WeightsServer stall(String path, int promised, byte[] sent, boolean hangUp) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, promised);
          exchange.getResponseBody().write(sent);
          exchange.getResponseBody().flush();
          if (hangUp) {
            exchange.close();
          }
        });
    return this;
  }

  @Override
  public Answer open(URI address) throws IOException {
    asked.add(address);
    if (!KNOWN.contains(address.getHost())) {
      throw new IOException("the host name is not known here");
    }
    return http.open(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + address.getPath()));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
