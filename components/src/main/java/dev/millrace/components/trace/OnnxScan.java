package dev.millrace.components.trace;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Walks over a protobuf message without building anything, to see that building it is affordable: a
 * byte or two can stand for an object of a hundred.
 */
final class OnnxScan {

  /** Fields, list elements and messages; a detector has tens of thousands. */
  static final int MOST_ITEMS = 1_000_000;

  /** Of messages in each other. ONNX without subgraphs needs six. */
  static final int MOST_DEPTH = 20;

  private final CodedInputStream in;
  private long items;

  private OnnxScan(CodedInputStream in) {
    this.in = in;
  }

  /**
   * @throws IOException if the bytes are no such message
   * @throws OnnxFileException if it is too rich or too deep
   */
  static void check(byte[] bytes, Descriptor type) throws IOException {
    new OnnxScan(CodedInputStream.newInstance(bytes)).message(type, 0);
  }

  private void message(Descriptor type, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw new OnnxFileException(
          "its messages lie in each other deeper than " + MOST_DEPTH + " levels",
          "Export the graph without nested subgraphs.");
    }
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      count(1);
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      boolean counted =
          WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED && field != null;
      if (counted && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        int outer = in.pushLimit(length());
        message(field.getMessageType(), depth + 1);
        in.popLimit(outer);
      } else if (counted) {
        int bytes = length();
        count(small(field) ? bytes : 0);
        in.skipRawBytes(bytes);
      } else if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP) {
        throw new InvalidProtocolBufferException("a group, which ONNX does not have");
      } else {
        in.skipField(tag);
      }
    }
  }

  /** Whether a list of these takes more memory than bytes in the file. */
  private static boolean small(FieldDescriptor field) {
    return switch (field.getType()) {
      case INT32, INT64, UINT32, UINT64, BOOL, ENUM, SINT32, SINT64 -> true;
      default -> false;
    };
  }

  private int length() throws IOException {
    int bytes = in.readRawVarint32();
    if (bytes < 0) {
      throw new InvalidProtocolBufferException("a negative length");
    }
    return bytes;
  }

  private void count(int more) {
    items += more;
    if (items > MOST_ITEMS) {
      throw new OnnxFileException(
          "it consists of more than " + MOST_ITEMS + " items beside its weights, the most allowed",
          "Keep weights as raw data, as exporters do.");
    }
  }
}
