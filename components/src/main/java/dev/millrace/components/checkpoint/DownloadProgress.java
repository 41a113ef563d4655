package dev.millrace.components.checkpoint;

/** Is told how far a download is, from the downloading thread, many times a second. */
public interface DownloadProgress {

  /** Tells nobody. */
  DownloadProgress SILENT = (file, bytes, total) -> {};

  /**
   * Some bytes have come.
   *
   * @param file name of the file
   * @param bytes that are here
   * @param total bytes in all, or -1 if the server does not say
   */
  void at(String file, long bytes, long total);
}
