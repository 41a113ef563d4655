package dev.millrace.connectors.video;

import org.jspecify.annotations.Nullable;

/** Frames, one after the other. For one thread. */
sealed interface PictureSource extends AutoCloseable
    permits StreamSource, FolderSource, StreetSource {

  VideoInfo info();

  /**
   * The next frame, or null at the end.
   *
   * @param passEncoded whether a frame that lies there as a whole JPEG or PNG may be handed on as
   *     it is
   */
  @Nullable Decoded next(boolean passEncoded);

  @Override
  void close();
}
