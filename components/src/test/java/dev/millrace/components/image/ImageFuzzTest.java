package dev.millrace.components.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Whatever bytes come: a picture or a rejection, and nothing else. */
class ImageFuzzTest {
  private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 4096, 4096, 1_000_000);
  private static final List<byte[]> SEEDS =
      List.of(
          TestImages.jpeg(48, 32),
          TestImages.encode(TestImages.picture(40, 24, BufferedImage.TYPE_3BYTE_BGR), "jpeg", true),
          TestImages.encode(
              TestImages.picture(33, 17, BufferedImage.TYPE_BYTE_GRAY), "jpeg", false),
          TestImages.png(20, 12),
          TestImages.encode(
              TestImages.picture(20, 12, BufferedImage.TYPE_BYTE_INDEXED), "png", true));

  @Test
  void headersOfMutatedPictures() {
    Random random = new Random(1);
    int rejected = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = mutate(SEEDS.get(i % SEEDS.size()), random);
      try {
        ImageHeader header = ImageHeader.read(bytes, LIMITS);
        assertThat((long) header.width() * header.height()).isBetween(1L, LIMITS.maxPixels());
      } catch (ImageRejectedException e) {
        rejected++;
      }
    }
    assertThat(rejected).isBetween(1_000, 59_000);
  }

  @Test
  void mutatedPictures() {
    Random random = new Random(2);
    // All of them with -Dfaults.scale=full; CI has no time for that.
    boolean full = "full".equals(System.getProperty("faults.scale"));
    long deadline = full ? Long.MAX_VALUE : System.nanoTime() + 8_000_000_000L;
    long slowest = 0;
    int decoded = 0;
    int rejected = 0;
    NativeCount natives = new NativeCount();
    try (ImageDecoder decoder = new ImageDecoder(LIMITS, natives)) {
      for (int i = 0; i < 20_000 && System.nanoTime() < deadline; i++) {
        byte[] bytes = mutate(SEEDS.get(i % SEEDS.size()), random);
        long start = System.nanoTime();
        try {
          Frame frame = decoder.decode(bytes);
          assertThat(frame.bgr()).hasSize(3 * frame.width() * frame.height());
          assertThat((long) frame.width() * frame.height()).isLessThanOrEqualTo(LIMITS.maxPixels());
          decoded++;
        } catch (ImageRejectedException e) {
          rejected++;
        }
        slowest = Math.max(slowest, System.nanoTime() - start);
      }
    }
    System.out.printf(
        "%d mutated pictures: %d decoded, %d rejected, none took longer than %d ms%n",
        decoded + rejected, decoded, rejected, slowest / 1_000_000);
    assertThat(slowest).isLessThan(10_000_000_000L);
    assertThat(decoded).isPositive();
    assertThat(rejected).isPositive();
    assertThat(natives.closed()).isEqualTo(natives.created());
  }

  @Test
  void orientationsOfMutatedPictures() {
    Random random = new Random(3);
    List<byte[]> seeds =
        List.of(
            TestImages.withOrientation(6, ByteOrder.BIG_ENDIAN),
            TestImages.withOrientation(6, ByteOrder.LITTLE_ENDIAN));
    int turned = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = mutate(seeds.get(i % 2), random);
      for (int n = random.nextInt(3); n > 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(Math.min(bytes.length, 50))] = (byte) random.nextInt();
      }
      int orientation = ExifOrientation.of(bytes);
      assertThat(orientation).isBetween(1, 8);
      turned += orientation == 1 ? 0 : 1;
    }
    assertThat(turned).isBetween(1_000, 59_000);
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    switch (random.nextInt(6)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + random.nextInt(64));
        for (int i = from; i < to; i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      case 2 -> {
        int cut = random.nextInt(bytes.length);
        int gap = random.nextInt(bytes.length - cut);
        System.arraycopy(bytes, cut + gap, bytes, cut, bytes.length - cut - gap);
        bytes = Arrays.copyOf(bytes, bytes.length - gap);
      }
      case 3 -> {
        for (int n = random.nextInt(8); n >= 0; n--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 4 -> bytes[random.nextInt(Math.min(bytes.length, 700))] = (byte) random.nextInt();
      default -> {
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        repairPng(bytes);
      }
    }
    return bytes;
  }

  /** Right checksums over wrong contents, so that the decoder itself gets to see them. */
  private static void repairPng(byte[] bytes) {
    ByteBuffer png = ByteBuffer.wrap(bytes);
    for (int at = 8; bytes[0] == (byte) 0x89 && at + 12 <= bytes.length; ) {
      int length = png.getInt(at);
      if (length < 0 || length > bytes.length - at - 12) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(bytes, at + 4, length + 4);
      png.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
  }
}
