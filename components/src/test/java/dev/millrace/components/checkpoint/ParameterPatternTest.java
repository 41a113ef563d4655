package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterPatternTest {

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, true",
    "a.b, a.b.c, false",
    "a.b.**, a.b.c, true",
    "a.b.**, a.b.c.d, true",
    "a.b.**, a.b, true",
    "a.b.**, a.bc, false",
    "a.*.c, a.x.c, true",
    "a.*.c, a.c, false",
    "a.*.c, a.x.y.c, false",
    "**.bias, a.x.bias, true",
    "**.bias, bias, true",
    "**.bias, a.biases, false",
    "a.**.c, a.c, true",
    "a.**.c, a.x.y.c, true",
    "a.**.c, b.x.c, false",
    "**, a.b.c, true",
    "*, a.b, false",
    "a*, ab, false",
    "**.a.**.a.**.a.**.a.**, a.b.a.b.a.b.b, false"
  })
  void segmentsAndStars(String pattern, String name, boolean matches) {
    assertThat(ParameterPattern.of(pattern).matches(name)).isEqualTo(matches);
  }
}
