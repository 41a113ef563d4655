package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.InputImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchBufferTest {

  private static InputImage grey(int height, int width, int level) {
    byte[] pixels = new byte[3 * height * width];
    Arrays.fill(pixels, (byte) level);
    return new InputImage(height, width, pixels, 2 * height, 3 * width);
  }

  @Test
  void imagesArePaddedToTheLargestAndToADivisorWithZeros() {
    BatchBuffer buffer = new BatchBuffer();
    // A full batch first, so that the memory is dirty.
    buffer.fill(List.of(grey(64, 64, 255), grey(64, 64, 255), grey(64, 64, 255)), 64);
    ImageBatch batch = buffer.fill(List.of(grey(30, 40, 200), grey(40, 30, 100)), 32);
    assertThat(batch.images()).isEqualTo(2);
    assertThat(batch.height()).isEqualTo(64);
    assertThat(batch.width()).isEqualTo(64);
    assertThat(batch.sizes()).containsExactly(30, 40, 40, 30);
    assertThat(batch.sourceSizes()).containsExactly(60, 120, 80, 90);
    assertThat(batch.pixels().isDirect()).isTrue();
    assertThat(batch.pixels().remaining()).isEqualTo(2 * 3 * 64 * 64);
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 64; y++) {
          for (int x = 0; x < 64; x++) {
            boolean inside = y < batch.sizes()[2 * n] && x < batch.sizes()[2 * n + 1];
            int found = batch.pixels().get(((n * 3 + c) * 64 + y) * 64 + x) & 0xff;
            assertThat(found)
                .as("image %d, channel %d, row %d, column %d", n, c, y, x)
                .isEqualTo(inside ? (n == 0 ? 200 : 100) : 0);
          }
        }
      }
    }
  }

  @Test
  void imagesOfOneSizeThatNeedNoPaddingLieCloseTogether() {
    ImageBatch batch = new BatchBuffer().fill(List.of(grey(5, 7, 1), grey(5, 7, 2)), 1);
    assertThat(batch.height()).isEqualTo(5);
    assertThat(batch.width()).isEqualTo(7);
    byte[] found = new byte[batch.pixels().remaining()];
    batch.pixels().get(found);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo((byte) (i < 105 ? 1 : 2));
    }
  }
}
