package dev.millrace.connectors.street;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpansTest {
  private static final int SIZE = 40;
  private final Spans spans = new Spans(SIZE, SIZE);
  private final int[] count = new int[SIZE * SIZE];

  private void cover(double... uv) {
    int corners = uv.length / 2;
    double[] u = new double[corners];
    double[] v = new double[corners];
    for (int i = 0; i < corners; i++) {
      u[i] = uv[2 * i];
      v[i] = uv[2 * i + 1];
    }
    if (spans.cover(u, v, corners)) {
      for (int row = spans.top; row < spans.bottom; row++) {
        for (int column = spans.first(row); column < spans.end(row); column++) {
          count[row * SIZE + column]++;
        }
      }
    }
  }

  @Test
  void neighboursShareNoCellAndLeaveNone() {
    double[] middle = {17.3, 21.9};
    double[][] corners = {{3, 4}, {36.5, 2.25}, {38, 37}, {1.5, 33.5}};
    for (int i = 0; i < 4; i++) {
      double[] a = corners[i];
      double[] b = corners[(i + 1) % 4];
      cover(middle[0], middle[1], a[0], a[1], b[0], b[1]);
    }
    assertThat(count).doesNotContain(2, 3, 4);
    int[] parts = count.clone();
    java.util.Arrays.fill(count, 0);
    cover(3, 4, 36.5, 2.25, 38, 37, 1.5, 33.5);
    assertThat(parts).isEqualTo(count);
    assertThat(java.util.Arrays.stream(count).sum()).isBetween(1100, 1250);
  }

  @Test
  void aCellCountsByItsMiddle() {
    cover(2.6, 2.4, 4.5, 2.4, 4.5, 4.6, 2.6, 4.6);
    assertThat(count[3 * SIZE + 3]).isEqualTo(1);
    assertThat(count[2 * SIZE + 2]).isZero();
    assertThat(java.util.Arrays.stream(count).sum()).isEqualTo(3);
  }

  @Test
  void whatIsOutsideIsCutOff() {
    cover(-1e6, -1e6, 1e6, -1e6, 1e6, 1e6, -1e6, 1e6);
    assertThat(count).containsOnly(1);
    assertThat(spans.cover(new double[] {-9, -3, -5}, new double[] {-9, -4, -1}, 3)).isFalse();
  }
}
