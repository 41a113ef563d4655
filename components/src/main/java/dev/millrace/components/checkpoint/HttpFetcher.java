package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;

/** Opens addresses with the JDK's client; gives up on a server that falls silent. */
final class HttpFetcher implements Fetcher {

  private final Duration patience;

  /**
   * @param patience how long to wait for a connection, for an answer, and for the next bytes of it
   */
  HttpFetcher(Duration patience) {
    this.patience = patience;
  }

  @Override
  public Answer open(URI address) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    HttpRequest request = HttpRequest.newBuilder(address).timeout(patience).GET().build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("location").orElse(null),
          response.headers().firstValueAsLong("content-length").orElse(-1),
          new PatientInput(response.body(), patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (HttpConnectTimeoutException e) {
      throw new IOException("no connection within " + patience.toSeconds() + " s", e);
    } catch (HttpTimeoutException e) {
      throw new IOException("no answer within " + patience.toSeconds() + " s", e);
    } catch (ConnectException e) {
      throw new IOException(
          isUnknownHost(e) ? "the host name is not known here" : "no connection to the host", e);
    }
  }

  private static boolean isUnknownHost(Throwable e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof UnresolvedAddressException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }
}
