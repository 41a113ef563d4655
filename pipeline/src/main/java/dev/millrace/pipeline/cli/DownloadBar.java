package dev.millrace.pipeline.cli;

import dev.millrace.components.checkpoint.DownloadProgress;
import org.jspecify.annotations.Nullable;

/** A progress bar for weights that are fetched; one line where there is no terminal. */
final class DownloadBar implements DownloadProgress {

  private @Nullable ProgressBar bar;

  @Override
  public synchronized void at(String file, long bytes, long total) {
    if (bar == null) {
      if (!Terminal.err()) {
        System.err.println("fetching " + file);
      }
      bar = new ProgressBar("fetching " + file + " (kB)", Math.max(0, total / 1000));
    }
    bar.at(bytes / 1000);
    if (total > 0 && bytes >= total) {
      bar.close();
      bar = null;
    }
  }
}
