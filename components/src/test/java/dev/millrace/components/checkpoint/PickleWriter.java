package dev.millrace.components.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Writes pickles by hand, opcode by opcode, also such as no honest program would write. */
final class PickleWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private boolean legacy;

  PickleWriter() {
    raw(0x80, 2);
  }

  /** From now on storages are named as torch.save did before 1.6. */
  PickleWriter legacy() {
    legacy = true;
    return this;
  }

  PickleWriter raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  PickleWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** A part of another pickle: all but its first and last bytes. */
  PickleWriter raw(byte[] pickle, int head, int tail) {
    out.write(pickle, head, pickle.length - head - tail);
    return this;
  }

  PickleWriter op(char opcode) {
    return raw(opcode);
  }

  PickleWriter global(String module, String name) {
    op('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  PickleWriter number(long value) {
    raw(0x8a, 8);
    for (int i = 0; i < 8; i++) {
      out.write((int) (value >> 8 * i));
    }
    return this;
  }

  PickleWriter bytes(byte... bytes) {
    op('B').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** As Python 3 writes bytes into a pickle of protocol 2. */
  PickleWriter encoded(byte... bytes) {
    global("_codecs", "encode").op('(').text(new String(bytes, StandardCharsets.ISO_8859_1));
    return text("latin1").op('t').op('R');
  }

  /** As Python 2 writes bytes and names. */
  PickleWriter old(byte... bytes) {
    (bytes.length < 256 ? raw('U', bytes.length) : op('T').int32(bytes.length)).raw(bytes);
    return this;
  }

  PickleWriter old(String text) {
    return old(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  PickleWriter real(double value) {
    op('G');
    long bits = Double.doubleToLongBits(value);
    for (int i = 7; i >= 0; i--) {
      out.write((int) (bits >> 8 * i));
    }
    return this;
  }

  PickleWriter int32(int value) {
    return raw(value, value >> 8, value >> 16, value >> 24);
  }

  PickleWriter numbers(long... values) {
    op('(');
    for (long value : values) {
      number(value);
    }
    return op('t');
  }

  /** A reference to a storage. */
  PickleWriter storage(String type, String key, long elements) {
    op('(').text("storage").global("torch", type).text(key).text("cpu").number(elements);
    return (legacy ? op('N') : this).op('t').op('Q');
  }

  /** A float tensor of a storage. */
  PickleWriter tensor(
      String type, String key, long held, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, held).number(offset);
    numbers(shape).numbers(strides).raw(0x89).global("collections", "OrderedDict").op(')').op('R');
    return op('t').op('R');
  }

  PickleWriter vector(String type, String key, long length) {
    return tensor(type, key, length, 0, new long[] {length}, new long[] {1});
  }

  /** A type of numpy's. */
  PickleWriter dtype(String type, String order) {
    global("numpy", "dtype").op('(').text(type).raw(0x89, 0x88).op('t').op('R');
    op('(').number(3).text(order).raw('N', 'N', 'N').number(-1).number(-1).number(0);
    return op('t').op('b');
  }

  /** A numpy array without its state. */
  PickleWriter emptyArray() {
    global("numpy.core.multiarray", "_reconstruct").op('(').global("numpy", "ndarray");
    return numbers(0).bytes((byte) 'b').op('t').op('R');
  }

  /** A numpy array. */
  PickleWriter array(String type, long[] shape, boolean columnMajor, byte... bytes) {
    emptyArray().op('(').number(1).numbers(shape).dtype(type, type.endsWith("1") ? "|" : "<");
    return raw(columnMajor ? 0x88 : 0x89).bytes(bytes).op('t').op('b');
  }

  /** A numpy array whose bytes {@code value} writes. */
  PickleWriter array(String type, long[] shape, UnaryOperator<PickleWriter> value) {
    emptyArray().op('(').number(1).numbers(shape).dtype(type, type.endsWith("1") ? "|" : "<");
    return value.apply(raw(0x89)).op('t').op('b');
  }

  /** Begins a dictionary whose entries follow until {@link #endDict}. */
  PickleWriter dict() {
    return op('}').op('(');
  }

  PickleWriter endDict() {
    return op('u');
  }

  /** Begins a module whose attributes follow until {@link #end}. */
  PickleWriter module(String type) {
    return global("__torch__", type).op(')').raw(0x81).op('}').op('(');
  }

  /** Ends a module. */
  PickleWriter end() {
    return op('u').op('b');
  }

  byte[] stop() {
    op('.');
    return out.toByteArray();
  }
}
