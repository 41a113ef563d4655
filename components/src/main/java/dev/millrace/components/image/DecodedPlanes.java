package dev.millrace.components.image;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/**
 * The planes of a decoded picture, copied out of native memory into arrays that are reused. For one
 * thread.
 */
final class DecodedPlanes {
  private final byte[][] planes = {{}, {}, {}};
  private final int[] strides = new int[3];

  /** Copies {@code rows} rows of {@code columns} bytes; what padding there is comes along. */
  void read(AVFrame frame, int plane, int columns, int rows) {
    int stride = frame.linesize(plane);
    if (stride < columns) {
      throw new IllegalStateException(
          "plane " + plane + " has rows of " + stride + " bytes, expected " + columns);
    }
    int size = Math.addExact(Math.multiplyExact(stride, rows - 1), columns);
    if (planes[plane].length < size) {
      planes[plane] = new byte[size];
    }
    BytePointer data = frame.data(plane);
    ByteBuffer bytes = data.capacity(data.position() + size).asByteBuffer();
    bytes.get(planes[plane], 0, size);
    strides[plane] = stride;
  }

  byte[] plane(int plane) {
    return planes[plane];
  }

  int stride(int plane) {
    return strides[plane];
  }
}
