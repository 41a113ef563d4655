package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream whose reads fail after a while without bytes; the JDK's own would wait for ever. */
final class PatientInput extends InputStream {

  private final InputStream in;
  private final Duration patience;
  private final ScheduledExecutorService alarms =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "weights-download-watch");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean stalled;

  PatientInput(InputStream in, Duration patience) {
    this.in = in;
    this.patience = patience;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    ScheduledFuture<?> alarm =
        alarms.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
    int count;
    try {
      count = in.read(bytes, offset, length);
    } catch (IOException e) {
      throw stalled ? silence(e) : e;
    } finally {
      alarm.cancel(false);
    }
    if (stalled) {
      throw silence(null);
    }
    return count;
  }

  private IOException silence(@Nullable Throwable cause) {
    return new IOException("no byte came for " + patience.toSeconds() + " s", cause);
  }

  private void giveUp() {
    stalled = true;
    try {
      in.close();
    } catch (IOException e) {
      stalled = true; // the reader is told in any case
    }
  }

  @Override
  public void close() throws IOException {
    alarms.shutdownNow();
    in.close();
  }
}
