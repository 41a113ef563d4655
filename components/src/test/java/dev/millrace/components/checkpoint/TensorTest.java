package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {

  private static Tensor of(ElementType type, long... bits) {
    ByteBuffer data = ByteBuffer.allocate(bits.length * type.bytes());
    data.order(ByteOrder.LITTLE_ENDIAN);
    for (long value : bits) {
      for (int i = 0; i < type.bytes(); i++) {
        data.put((byte) (value >> 8 * i));
      }
    }
    return new Tensor(type, new long[] {bits.length}, data.flip());
  }

  @Test
  void everyTypeReadsAsFloats() {
    assertThat(of(ElementType.FLOAT64, Double.doubleToLongBits(-2.5)).floats())
        .containsExactly(-2.5f);
    assertThat(of(ElementType.FLOAT32, Float.floatToIntBits(0.1f)).floats()).containsExactly(0.1f);
    assertThat(of(ElementType.BFLOAT16, 0xc040).floats()).containsExactly(-3f);
    assertThat(of(ElementType.INT64, -5).floats()).containsExactly(-5f);
    assertThat(of(ElementType.INT32, -6).floats()).containsExactly(-6f);
    assertThat(of(ElementType.INT16, -7).floats()).containsExactly(-7f);
    assertThat(of(ElementType.INT8, -8).floats()).containsExactly(-8f);
    assertThat(of(ElementType.UINT8, 200).longs()).containsExactly(200);
    assertThat(of(ElementType.BOOL, 0, 1, 2).longs()).containsExactly(0, 1, 1);
    assertThatIllegalStateException().isThrownBy(() -> of(ElementType.FLOAT32, 0).longs());
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0400, 0.00006103515625",
    "0x0001, 5.9604645E-8",
    "0x83ff, -6.097555E-5",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN",
    "0x3555, 0.33325195"
  })
  void halfPrecision(String bits, float value) {
    assertThat(of(ElementType.FLOAT16, Integer.decode(bits)).floats()).containsExactly(value);
  }

  @Test
  void theBytesMustBeAsManyAsTheShapeWants() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.of(new float[3], 2, 2))
        .withMessageContaining("FLOAT32 [2, 2] has 16 bytes, found 12");
    assertThat(Tensor.of(new float[] {4}).elements()).isEqualTo(1);
  }

  /** Values are read late, and told in words if they are no longer there. */
  @Test
  void aFileThatIsCutShortMeanwhile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("net.safetensors");
    Safetensors.write(file, Map.of("w", Tensor.of(new float[100_000], 100_000)), Map.of());
    Tensor tensor = Safetensors.read(file).tensors().get("w");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(1_000);
    }
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(tensor::floats)
        .withMessage("a FLOAT32 [100000]: " + file + " was cut short while it was read");
  }

  @Test
  void partsInAnotherOrder() {
    Tensor cube = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 3, 2);
    Tensor taken = Slices.take(cube, 1, new int[] {2, 0});
    assertThat(taken.shape()).containsExactly(2, 2, 2);
    assertThat(taken.floats()).containsExactly(4, 5, 0, 1, 10, 11, 6, 7);
    Tensor rows = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 3, 2);
    assertThat(Slices.firstToLast(rows).floats()).containsExactly(2, 3, 4, 5, 0, 1);
    assertThat(Slices.withoutFirst(rows, 2).floats()).containsExactly(4, 5);
    assertThat(Slices.withoutFirst(rows, 3)).isSameAs(rows);
  }

  @Test
  void nobodyCanChangeIt() {
    float[] values = {1, 2};
    Tensor tensor = Tensor.of(values, 2);
    values[0] = 9;
    tensor.shape()[0] = 9;
    assertThat(tensor.data().isReadOnly()).isTrue();
    tensor.data().getFloat();
    assertThat(tensor.floats()).containsExactly(1, 2);
    assertThat(tensor.shape()).containsExactly(2);
  }
}
