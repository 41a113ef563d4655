package dev.millrace.components.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A program of TorchScript, written by hand as torch.jit.save would lay it out. */
public final class TorchScript {

  private TorchScript() {}

  /**
   * A module whose forward gives two maps, of strides 4 and 8.
   *
   * @param fine (8, 3, 4, 4)
   * @param coarse (8, 8, 2, 2)
   */
  public static byte[] convolutions(float[] fine, float[] coarse) throws IOException {
    String code =
        """
        class Two(Module):
          __parameters__ = []
          __buffers__ = ["fine", "coarse", ]
          training : bool
          fine : Tensor
          coarse : Tensor
          def forward(self: __torch__.Two,
            image: Tensor) -> Tuple[Tensor, Tensor]:
            a = torch.conv2d(image, self.fine, None, [4, 4])
            b = torch.conv2d(a, self.coarse, None, [2, 2])
            return (a, b)
        """;
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("two/data.pkl", pickle());
    entries.put("two/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
    entries.put("two/data/0", bytes(fine));
    entries.put("two/data/1", bytes(coarse));
    entries.put("two/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
    entries.put("two/version", "3\n".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setMethod(ZipEntry.STORED);
        header.setSize(entry.getValue().length);
        header.setCrc(crc.getValue());
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] pickle() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, 0x80, 2);
    global(out, "__torch__", "Two");
    write(out, ')', 0x81, '}', '(');
    text(out, "training");
    write(out, 0x89);
    text(out, "fine");
    tensor(out, "0", 384, 8, 3, 4, 4);
    text(out, "coarse");
    tensor(out, "1", 256, 8, 8, 2, 2);
    write(out, 'u', 'b', '.');
    return out.toByteArray();
  }

  private static void tensor(ByteArrayOutputStream out, String key, int held, int... shape) {
    global(out, "torch._utils", "_rebuild_tensor_v2");
    write(out, '(', '(');
    text(out, "storage");
    global(out, "torch", "FloatStorage");
    text(out, key);
    text(out, "cpu");
    number(out, held);
    write(out, 't', 'Q');
    number(out, 0);
    write(out, '(');
    for (int length : shape) {
      number(out, length);
    }
    write(out, 't', '(');
    int stride = held;
    for (int length : shape) {
      stride /= length;
      number(out, stride);
    }
    write(out, 't', 0x89);
    global(out, "collections", "OrderedDict");
    write(out, ')', 'R', 't', 'R');
  }

  private static void global(ByteArrayOutputStream out, String module, String name) {
    out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.write('X');
    int32(out, text.length());
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void number(ByteArrayOutputStream out, int value) {
    out.write('J');
    int32(out, value);
  }

  private static void int32(ByteArrayOutputStream out, int value) {
    write(out, value, value >> 8, value >> 16, value >> 24);
  }

  private static void write(ByteArrayOutputStream out, int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }
}
