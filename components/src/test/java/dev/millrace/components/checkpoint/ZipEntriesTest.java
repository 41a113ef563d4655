package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zip archives byte by byte, also such as no honest program writes. */
class ZipEntriesTest {

  private static final int WIDE = 0xffffffff;

  @TempDir Path folder;
  private Path file;
  private ByteArrayOutputStream out;
  private final List<byte[]> central = new ArrayList<>();

  @BeforeEach
  void begin() {
    file = folder.resolve("model.pt");
    out = new ByteArrayOutputStream();
    central.clear();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] room = new byte[bytes.length + 100];
    int length = deflater.deflate(room);
    deflater.end();
    return java.util.Arrays.copyOf(room, length);
  }

  private static byte[] header(
      String name, int flags, int method, int crc, long packed, long size, byte[] extra) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer header = buffer(30 + text.length + extra.length);
    header.putInt(0x04034b50).putShort((short) 20).putShort((short) flags);
    header.putShort((short) method).putInt(0).putInt(crc).putInt((int) packed).putInt((int) size);
    header.putShort((short) text.length).putShort((short) extra.length).put(text).put(extra);
    return header.array();
  }

  private void directory(
      String name, int flags, int method, int crc, long packed, long size, long at, byte[] extra) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = buffer(46 + text.length + extra.length);
    entry.putInt(0x02014b50).putInt(0).putShort((short) flags).putShort((short) method).putInt(0);
    entry.putInt(crc).putInt((int) packed).putInt((int) size).putShort((short) text.length);
    entry.putShort((short) extra.length).putShort((short) 0).putInt(0).putInt(0).putInt((int) at);
    central.add(entry.put(text).put(extra).array());
  }

  private void entry(String name, int method, byte[] packed, byte[] bytes, long claimed) {
    int at = out.size();
    out.writeBytes(header(name, 0, method, crc(bytes), packed.length, claimed, new byte[0]));
    out.writeBytes(packed);
    directory(name, 0, method, crc(bytes), packed.length, claimed, at, new byte[0]);
  }

  private void stored(String name, byte... bytes) {
    entry(name, 0, bytes, bytes, bytes.length);
  }

  private void end() throws IOException {
    int at = out.size();
    central.forEach(out::writeBytes);
    ByteBuffer end = buffer(22).putInt(0x06054b50).putInt(0).putShort((short) central.size());
    end.putShort((short) central.size()).putInt(out.size() - at).putInt(at).putShort((short) 0);
    out.writeBytes(end.array());
    Files.write(file, out.toByteArray());
  }

  private static byte[] one() {
    return new PickleWriter().dict().text("w").vector("FloatStorage", "0", 1).endDict().stop();
  }

  private void refused(String... words) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoints.read(file))
        .satisfies(e -> assertThat(e.getMessage()).contains(file.toString()).contains(words));
  }

  private void reads() {
    assertThat(Checkpoints.read(file).parameters().get("w").floats()).containsExactly(1);
  }

  private static final byte[] FLOAT = {0, 0, (byte) 0x80, 0x3f};

  @Test
  void storedAndDeflated() throws IOException {
    stored("m/data.pkl", one());
    entry("m/data/0", 8, deflated(FLOAT), FLOAT, 4);
    end();
    reads();
  }

  /** As PyTorch writes them where offsets or lengths need more than 32 bits, and some always. */
  @Test
  void wideNumbers() throws IOException {
    byte[] pickle = one();
    stored("m/data.pkl", pickle);
    int at = out.size();
    out.writeBytes(header("m/data/0", 0, 0, crc(FLOAT), 4, 4, new byte[0]));
    out.writeBytes(FLOAT);
    ByteBuffer extra = buffer(8 + 28).putShort((short) 9).putShort((short) 4).putInt(7);
    extra.putShort((short) 1).putShort((short) 24).putLong(4).putLong(4).putLong(at);
    directory("m/data/0", 0, 0, crc(FLOAT), WIDE, WIDE, WIDE, extra.array());
    int directory = out.size();
    central.forEach(out::writeBytes);
    int length = out.size() - directory;
    ByteBuffer large = buffer(56 + 20 + 22).putInt(0x06064b50).putLong(44).putInt(0).putInt(0);
    large.putInt(0).putLong(2).putLong(2).putLong(length).putLong(directory);
    large.putInt(0x07064b50).putInt(0).putLong(out.size()).putInt(1);
    large.putInt(0x06054b50).putInt(0).putInt(-1).putInt(WIDE).putInt(WIDE).putShort((short) 0);
    out.writeBytes(large.array());
    byte[] whole = out.toByteArray();
    Files.write(file, whole);
    reads();
    for (int i = directory; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) 0x80;
      Files.write(file, damaged);
      try {
        assertThat(Checkpoints.read(file).parameters()).hasSize(1);
      } catch (CheckpointException e) {
        assertThat(e.getMessage()).contains(file.toString());
      }
    }
  }

  @Test
  void aComment() throws IOException {
    stored("m/data.pkl", one());
    stored("m/data/0", FLOAT);
    end();
    byte[] whole = java.util.Arrays.copyOf(out.toByteArray(), out.size() + 3);
    whole[out.size() - 2] = 3;
    Files.write(file, whole);
    reads();
    whole[out.size() - 2] = 4;
    Files.write(file, whole);
    refused("the zip archive is damaged or incomplete: it has no directory");
  }

  /** What it unpacks to is checked before it is unpacked, and while it is. */
  @Test
  void bombs() throws IOException {
    byte[] zeros = new byte[64 << 20];
    byte[] pickle =
        new PickleWriter()
            .dict()
            .text("w")
            .vector("FloatStorage", "0", zeros.length / 4)
            .endDict()
            .stop();
    stored("m/data.pkl", pickle);
    entry("m/data/0", 8, deflated(zeros), zeros, zeros.length);
    end();
    refused("w: it asks for more memory (67108864 bytes)");

    begin();
    stored("m/data.pkl", pickle);
    entry("m/data/0", 8, deflated(FLOAT), FLOAT, zeros.length);
    end();
    refused("w: entry m/data/0 claims 67108864 bytes, which its 6 cannot unpack to");

    begin();
    stored("m/data.pkl", one());
    entry("m/data/0", 8, deflated(zeros), zeros, 4);
    end();
    refused("w: entry m/data/0 is not as long as the archive says (4 bytes)");

    begin();
    entry("m/data.pkl", 8, deflated(zeros), zeros, zeros.length);
    end();
    refused("entry m/data.pkl has 67108864 bytes, 8388608 at most expected");
  }

  /** The way that small archives unpack to petabytes without a great ratio. */
  @Test
  void entriesThatShareBytesAreRefused() throws IOException {
    stored("m/data.pkl", one());
    int at = out.size();
    stored("m/data/0", FLOAT);
    directory("m/data/0/", 0, 0, crc(FLOAT), 4, 4, at, new byte[0]);
    end();
    refused("entry m/data/0/ is not where the directory says");

    begin();
    stored("m/data.pkl", one());
    byte[] inner = header("m/b", 0, 0, crc(FLOAT), 4, 4, new byte[0]);
    byte[] outer = java.util.Arrays.copyOf(inner, inner.length + 4);
    System.arraycopy(FLOAT, 0, outer, inner.length, 4);
    int start = out.size();
    entry("m/a", 0, outer, outer, outer.length);
    directory("m/b", 0, 0, crc(FLOAT), 4, 4, start + 33, new byte[0]);
    end();
    refused("entry m/b lies over another entry");
  }

  @Test
  void aNameTwiceIsRefused() throws IOException {
    stored("m/data.pkl", one());
    stored("m/data/0", FLOAT);
    stored("m/data/0", FLOAT);
    end();
    refused("two entries named 'm/data/0'");
  }

  @Test
  void otherKindsOfEntriesAreRefused() throws IOException {
    stored("m/data.pkl", one());
    entry("m/data/0", 12, FLOAT, FLOAT, 4);
    end();
    refused("compressed by method 12");

    begin();
    stored("m/data.pkl", one());
    int at = out.size();
    out.writeBytes(header("m/data/0", 1, 0, crc(FLOAT), 4, 4, new byte[0]));
    out.writeBytes(FLOAT);
    directory("m/data/0", 1, 0, crc(FLOAT), 4, 4, at, new byte[0]);
    end();
    refused("entry m/data/0 is encrypted");

    begin();
    stored("m/data.pkl", one());
    entry("m/data/0", 0, FLOAT, FLOAT, 1L << 31);
    end();
    refused("entry m/data/0 is not as long as the archive says (2147483648 bytes)");

    begin();
    stored("m/data.pkl", one());
    stored("m/data/0", FLOAT);
    directory("m/z", 0, 0, 0, 4, 4, 1 << 30, new byte[0]);
    end();
    refused("entry m/z does not lie inside of it");

    begin();
    stored("m/data.pkl", one());
    entry("m/data/0", 8, new byte[] {1, 2, 3, 4}, FLOAT, 4);
    end();
    refused("entry m/data/0 is");
  }

  /** Damage beside the model is nobody's business: it is not even read. */
  @Test
  void onlyTheModelsEntriesAreRead() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().text("model").dict().text("w");
    pickle.vector("FloatStorage", "0", 1).endDict().text("optimizer").dict();
    pickle.text("momentum").vector("FloatStorage", "1", 1).endDict().endDict();
    stored("m/data.pkl", pickle.stop());
    stored("m/data/0", FLOAT);
    entry("m/data/1", 0, FLOAT, new byte[4], 4);
    end();
    reads();
  }
}
