package dev.millrace.components.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Opens an address. Follows no redirect: whoever asks decides where it may lead. */
interface Fetcher {

  /**
   * Asks for an address and waits until an answer begins.
   *
   * @throws IOException if nothing answers, in words for a person
   */
  Answer open(URI address) throws IOException;

  /**
   * What a server answers, its body still to be read.
   *
   * @param location where a redirect leads, as the server wrote it
   * @param length of the body in bytes, or -1 if the server does not say
   * @param body to be closed by whoever opened it
   */
  record Answer(int status, @Nullable String location, long length, InputStream body)
      implements Closeable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
