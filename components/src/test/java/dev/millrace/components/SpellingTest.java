package dev.millrace.components;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {

  @Test
  void distanceCountsInsertionsDeletionsAndChanges() {
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    assertThat(Spelling.distance("abc", "")).isEqualTo(3);
    assertThat(Spelling.distance("same", "same")).isZero();
    assertThat(Spelling.distance("flaw", "lawn")).isEqualTo(2);
  }

  @Test
  void theNearestComesFirstAndCaseDoesNotMatter() {
    assertThat(Spelling.close("fbnetv2", List.of("ToyBackbone", "FbNetV3", "FbNetV2C4")))
        .containsExactly("FbNetV3", "FbNetV2C4");
    assertThat(Spelling.close("RPN", List.of("Rpn"))).containsExactly("Rpn");
  }

  @Test
  void whatIsFarAwayIsNotSuggested() {
    assertThat(Spelling.close("Swin", List.of("FbNetV3", "ToyBackbone"))).isEmpty();
    assertThat(Spelling.close("x", List.of())).isEmpty();
  }

  @Test
  void threeAtMost() {
    assertThat(Spelling.close("trunk", List.of("trunk0", "trunk1", "trunk2", "trunk3"))).hasSize(3);
  }
}
