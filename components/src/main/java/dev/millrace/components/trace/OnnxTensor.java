package dev.millrace.components.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value in an ONNX file.
 *
 * @param data native byte order, never changed; direct where it is large, so that ONNX Runtime does
 *     not copy it
 */
record OnnxTensor(DataType type, Shape shape, ByteBuffer data) {

  /** Larger ones are shared by all programs; smaller ones may matter to shapes. */
  static final int SMALL = 256;

  private static final long MOST_ELEMENTS = 1L << 28;

  private static final Map<Integer, DataType> TYPES =
      Shapes.ONNX.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  /** Null for a type that DJL or ONNX Runtime's Java interface does not have. */
  static @Nullable DataType type(int onnx) {
    return TYPES.get(onnx);
  }

  /** Whether this is one of the weights and not a constant. */
  boolean weight() {
    return type == DataType.FLOAT32 && shape.size() >= SMALL;
  }

  static OnnxTensor floats(long[] dims, float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.nativeOrder());
    data.asFloatBuffer().put(values);
    return new OnnxTensor(DataType.FLOAT32, new Shape(dims), data);
  }

  static OnnxTensor longs(long[] dims, long... values) {
    ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.nativeOrder());
    data.asLongBuffer().put(values);
    return new OnnxTensor(DataType.INT64, new Shape(dims), data);
  }

  /**
   * @throws OnnxFileException if it lies elsewhere, is of a type that is not supported, or claims
   *     another size than it has; nothing of a claimed size is allocated
   */
  static OnnxTensor of(TensorProto tensor, String name) {
    inside(tensor, name);
    DataType type = TYPES.get(tensor.getDataType());
    if (type == null) {
      throw new OnnxFileException(
          "the tensor '"
              + name
              + "' has ONNX's data type "
              + tensor.getDataType()
              + ", which is not supported",
          "Export it in float32, float16, float64, int8, uint8, int32, int64 or bool.");
    }
    long elements = elements(tensor, name);
    long bytes = elements * type.getNumOfBytes();
    boolean raw = tensor.hasRawData();
    long found = raw ? tensor.getRawData().size() : listed(tensor, type);
    if (found != (raw ? bytes : elements)) {
      throw new OnnxFileException(
          "the tensor '"
              + name
              + "' says its shape is "
              + tensor.getDimsList()
              + ", which takes "
              + (raw ? bytes + " bytes" : elements + " elements")
              + ", but it has "
              + found,
          "The file is damaged: export it again.");
    }
    boolean large = type == DataType.FLOAT32 && elements >= SMALL;
    ByteBuffer data =
        large ? ByteBuffer.allocateDirect((int) bytes) : ByteBuffer.allocate((int) bytes);
    data.order(ByteOrder.nativeOrder());
    if (raw) {
      fill(tensor, type, data);
    } else {
      for (int i = 0; i < elements; i++) {
        put(tensor, type, i, data);
      }
    }
    return new OnnxTensor(
        type,
        new Shape(tensor.getDimsList().stream().mapToLong(Long::longValue).toArray()),
        data.flip().order(ByteOrder.nativeOrder()));
  }

  /**
   * @throws OnnxFileException if its data lies in another file
   */
  static void inside(TensorProto tensor, String name) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0) {
      String location =
          tensor.getExternalDataList().stream()
              .filter(entry -> entry.getKey().equals("location"))
              .map(entry -> "'" + entry.getValue() + "'")
              .findFirst()
              .orElse("another file");
      throw new OnnxFileException(
          "the data of the tensor '"
              + name
              + "' lies in "
              + location
              + ", and only the file itself is read, since its sha256 vouches for nothing else",
          "Save the model as one file, without external data.");
    }
    if (tensor.hasSegment()) {
      throw new OnnxFileException(
          "the tensor '" + name + "' is stored in segments, which is not supported",
          "Save the model without them.");
    }
  }

  private static long elements(TensorProto tensor, String name) {
    long elements = 1;
    for (long length : tensor.getDimsList()) {
      if (length < 0 || length > MOST_ELEMENTS) {
        elements = -1;
        break;
      }
      elements *= length;
      if (elements > MOST_ELEMENTS) {
        break;
      }
    }
    if (elements < 0 || elements > MOST_ELEMENTS) {
      throw new OnnxFileException(
          "the tensor '"
              + name
              + "' says its shape is "
              + tensor.getDimsList()
              + ", allowed are "
              + MOST_ELEMENTS
              + " elements",
          "The file is damaged, or no detector.");
    }
    return elements;
  }

  private static int listed(TensorProto tensor, DataType type) {
    return switch (type) {
      case FLOAT32 -> tensor.getFloatDataCount();
      case FLOAT64 -> tensor.getDoubleDataCount();
      case INT64 -> tensor.getInt64DataCount();
      default -> tensor.getInt32DataCount();
    };
  }

  private static void fill(TensorProto tensor, DataType type, ByteBuffer data) {
    int width = type.getNumOfBytes();
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (width == 1 || ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      data.put(raw);
      return;
    }
    while (raw.hasRemaining()) {
      switch (width) {
        case 2 -> data.putShort(raw.getShort());
        case 4 -> data.putInt(raw.getInt());
        default -> data.putLong(raw.getLong());
      }
    }
  }

  private static void put(TensorProto tensor, DataType type, int i, ByteBuffer data) {
    switch (type) {
      case FLOAT32 -> data.putFloat(tensor.getFloatData(i));
      case FLOAT64 -> data.putDouble(tensor.getDoubleData(i));
      case INT64 -> data.putLong(tensor.getInt64Data(i));
      case INT32 -> data.putInt(tensor.getInt32Data(i));
      case FLOAT16 -> data.putShort((short) tensor.getInt32Data(i));
      default -> data.put((byte) tensor.getInt32Data(i));
    }
  }
}
