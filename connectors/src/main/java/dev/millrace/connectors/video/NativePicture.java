package dev.millrace.connectors.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** Native memory for one picture, kept while pictures have the same size. For one thread. */
final class NativePicture implements AutoCloseable {
  private final NativeCount natives;
  private final AVFrame frame = av_frame_alloc();
  private boolean closed;

  NativePicture(NativeCount natives) {
    this.natives = natives;
    natives.opened();
  }

  /** The memory, free to be written into. */
  AVFrame ready(int width, int height, int pixelFormat) {
    if (frame.width() != width || frame.height() != height || frame.format() != pixelFormat) {
      av_frame_unref(frame);
      frame.width(width);
      frame.height(height);
      frame.format(pixelFormat);
      Ffmpeg.check(av_frame_get_buffer(frame, 0), "picture", "allocate memory");
    }
    Ffmpeg.check(av_frame_make_writable(frame), "picture", "allocate memory");
    return frame;
  }

  AVFrame hold(Picture picture) {
    AVFrame to = ready(picture.width(), picture.height(), AV_PIX_FMT_BGR24);
    int row = 3 * picture.width();
    ByteBuffer memory = memory(to, picture.height());
    for (int y = 0; y < picture.height(); y++) {
      memory.put(y * to.linesize(0), picture.bgr(), y * row, row);
    }
    return to;
  }

  /** A copy of what was scaled into BGR memory. */
  Picture picture() {
    int row = 3 * frame.width();
    byte[] bgr = new byte[row * frame.height()];
    ByteBuffer memory = memory(frame, frame.height());
    for (int y = 0; y < frame.height(); y++) {
      memory.get(y * frame.linesize(0), bgr, y * row, row);
    }
    return new Picture(frame.width(), frame.height(), bgr);
  }

  private static ByteBuffer memory(AVFrame frame, int rows) {
    BytePointer data = frame.data(0);
    return data.capacity(data.position() + (long) rows * frame.linesize(0)).asByteBuffer();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      natives.released();
    }
  }
}
