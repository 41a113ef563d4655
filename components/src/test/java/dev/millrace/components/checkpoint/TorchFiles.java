package dev.millrace.components.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes checkpoints of float32 tensors as trainers do, for tests. */
public final class TorchFiles {

  private TorchFiles() {}

  /** As {@code torch.save({"model": state_dict})}. */
  public static Path archive(Path file, Map<String, Tensor> tensors) throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("model");
    Map<String, byte[]> storages = stateDict(pickle, tensors);
    ArchiveWriter archive = ArchiveWriter.of(pickle.endDict().stop()).without("m/constants.pkl");
    storages.forEach((key, bytes) -> archive.storage(key, bytes));
    return archive.write(file);
  }

  /** As {@code torch.save(state_dict, _use_new_zipfile_serialization=False)}. */
  public static Path legacy(Path file, Map<String, Tensor> tensors) throws IOException {
    PickleWriter pickle = new PickleWriter().legacy();
    Map<String, byte[]> storages = stateDict(pickle, tensors);
    Map<String, byte[]> all = new LinkedHashMap<>();
    storages.forEach((key, bytes) -> all.put(key, bytes));
    return legacy(file, pickle.stop(), all);
  }

  /** The older format around any pickle; all storages have elements of four bytes. */
  static Path legacy(Path file, byte[] pickle, Map<String, byte[]> storages) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(legacyHead());
      out.write(pickle);
      PickleWriter keys = new PickleWriter().op(']').op('(');
      storages.keySet().forEach(keys::text);
      out.write(keys.op('e').stop());
      for (byte[] bytes : storages.values()) {
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(bytes.length / 4).array());
        out.write(bytes);
      }
    }
    return file;
  }

  static byte[] legacyHead() {
    PickleWriter head = new PickleWriter();
    head.raw(HexFormat.of().parseHex("8a0a6cfc9c46f9206aa850192e"));
    head.raw(new PickleWriter().raw('M', 1001 & 255, 1001 >> 8).stop());
    PickleWriter system = new PickleWriter().dict().text("protocol_version").number(1001);
    system.text("little_endian").raw(0x88).text("type_sizes").dict().text("int").number(4);
    byte[] all = head.raw(system.endDict().endDict().stop()).stop();
    return java.util.Arrays.copyOf(all, all.length - 1);
  }

  /** As Detectron2's model zoo has them: arrays of numpy, pickle protocol 4 or 2. */
  public static Path pickle(Path file, Map<String, Tensor> tensors, int protocol)
      throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("model").dict();
    tensors.forEach(
        (name, tensor) ->
            pickle
                .text(name)
                .array(
                    "f4",
                    tensor.shape(),
                    p -> protocol > 2 ? p.bytes(bytes(tensor)) : p.encoded(bytes(tensor))));
    pickle.endDict().text("__author__").text("Detectron2 Model Zoo");
    return Files.write(file, pickle.endDict().stop());
  }

  private static Map<String, byte[]> stateDict(PickleWriter pickle, Map<String, Tensor> tensors) {
    Map<String, byte[]> storages = new LinkedHashMap<>();
    pickle.global("collections", "OrderedDict").op(')').op('R').op('(');
    tensors.forEach(
        (name, tensor) -> {
          String key = Integer.toString(storages.size());
          long[] shape = tensor.shape();
          long[] strides = new long[shape.length];
          long step = 1;
          for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = step;
            step *= shape[axis];
          }
          pickle.text(name).tensor("FloatStorage", key, tensor.elements(), 0, shape, strides);
          storages.put(key, bytes(tensor));
        });
    pickle.endDict();
    return storages;
  }

  static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.data().remaining()];
    tensor.data().get(bytes);
    return bytes;
  }
}
