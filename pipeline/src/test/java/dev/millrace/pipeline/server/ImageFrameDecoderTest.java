package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.connectors.DeadLetterReason;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageFrameDecoderTest {

  /** The decoder knows no connectors, so it has the codes of its own; they must be the same. */
  @Test
  void theDecodersCodesAreThoseOfDeadLetters() throws IllegalAccessException {
    List<String> codes = new ArrayList<>();
    for (Field field : ImageRejectedException.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
        codes.add((String) field.get(null));
      }
    }
    assertThat(codes).isNotEmpty();
    assertThat(DeadLetterReason.CODES).containsAll(codes);
  }
}
