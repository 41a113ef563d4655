package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import dev.millrace.components.modeling.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a segment serves many sizes with few programs, and closes what it opened. */
class SegmentTest {

  private final Weights none = new Weights(Map.of());
  private long open;

  @BeforeEach
  void count() {
    open = Natives.createdCount() - Natives.closedCount();
  }

  @AfterEach
  void everythingIsClosed() {
    none.release();
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  /**
   * Adds to every row 0, 1, 2, ...: a constant that varies with the width, and one that does not.
   */
  private Segment ramp() {
    return segment(
        (f, v) -> {
          NDArray x = v.get("x");
          NDArray ramp =
              f.manager().arange(0f, x.getShape().get(1), 1f, DataType.FLOAT32).reshape(1, -1);
          v.put("y", x.mul(2f).add(ramp));
        });
  }

  private Segment segment(Stage.Step step) {
    return new Segment(
        List.of(new Stage("test", "test", step)), Set.of("x"), Set.of("y"), none, Models.CPU);
  }

  private static float[] run(Segment segment, int rows, int columns) {
    float[] x = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = i * 0.5f;
    }
    return segment
        .run(Map.of("x", HostArray.floats(x, new Shape(rows, columns))))
        .get("y")
        .floats();
  }

  private static float[] ramped(int rows, int columns) {
    float[] y = new float[rows * columns];
    for (int i = 0; i < y.length; i++) {
      y[i] = i + i % columns;
    }
    return y;
  }

  private static List<String> programs(Segment segment) {
    return segment.describe().stream().filter(line -> line.contains("program:")).toList();
  }

  @Test
  void theSecondSizePromotesWhatVariesAndTheThirdNeedsNoProgram() {
    long created = Natives.createdCount();
    try (Segment segment = ramp()) {
      assertThat(run(segment, 2, 5)).isEqualTo(ramped(2, 5));
      assertThat(Natives.createdCount() - created).isEqualTo(1);
      assertThat(programs(segment)).singleElement().asString().contains(" 0 of ");
      assertThat(run(segment, 2, 7)).isEqualTo(ramped(2, 7));
      assertThat(Natives.createdCount() - created).as("one program was replaced").isEqualTo(2);
      Matcher counts =
          Pattern.compile("(\\d+) of (\\d+) constants vary").matcher(programs(segment).get(0));
      assertThat(counts.find()).isTrue();
      assertThat(Integer.parseInt(counts.group(1)))
          .as("the ramp and its length vary with the size, the factor does not")
          .isPositive()
          .isLessThan(Integer.parseInt(counts.group(2)));
      assertThat(run(segment, 2, 9)).isEqualTo(ramped(2, 9));
      assertThat(run(segment, 6, 3)).isEqualTo(ramped(6, 3));
      assertThat(run(segment, 2, 5)).as("the first size again").isEqualTo(ramped(2, 5));
      assertThat(Natives.createdCount() - created).as("no program more").isEqualTo(2);
    }
  }

  @Test
  void theSizesLongestUnusedAreForgotten() {
    try (Segment segment = ramp()) {
      for (int columns = 2; columns < 80; columns++) {
        assertThat(run(segment, 1, columns)).isEqualTo(ramped(1, columns));
        assertThat(segment.boundSizes()).isLessThanOrEqualTo(64);
      }
      assertThat(segment.boundSizes()).isEqualTo(64);
      assertThat(run(segment, 1, 2)).as("forgotten, and bound again").isEqualTo(ramped(1, 2));
    }
  }

  /** Lines that do another number of steps for every width: nothing can be shared. */
  @Test
  void programsOfOtherStructureAreFewAndTheEldestGoes() {
    try (Segment segment =
        segment(
            (f, v) -> {
              NDArray x = v.get("x");
              for (int i = 0; i < v.get("x").getShape().get(1); i++) {
                x = x.add(1f);
              }
              v.put("y", x);
            })) {
      for (int columns = 1; columns <= 11; columns++) {
        assertThat(run(segment, 1, columns)[0]).isEqualTo(columns);
        assertThat(programs(segment)).hasSizeLessThanOrEqualTo(8);
      }
      assertThat(run(segment, 1, 1)[0]).isEqualTo(1);
      assertThat(Natives.createdCount() - Natives.closedCount() - open).isEqualTo(8);
    }
  }

  @Test
  void aProgramThatCannotBeMadeLeavesNothingOpen() {
    Linear unknown = Linear.builder().setUnits(2).build();
    try (Segment segment = segment((f, v) -> v.put("y", f.apply(unknown, v.get("x"))))) {
      assertThatThrownBy(() -> run(segment, 1, 3))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no value for the parameter");
      assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
    }
  }

  @Test
  void onePartThatDoesNotCloseKeepsNothingElseOpen() {
    List<String> closed = new ArrayList<>();
    Weights weights = new Weights(Map.of());
    SharedParts parts =
        new SharedParts(
            List.of(part("a", closed, true), part("b", closed, true), part("c", closed, false)),
            weights,
            "here",
            Models.CPU);
    assertThatThrownBy(parts::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a stays")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(closed).containsExactly("a", "b", "c");
    assertThat(weights.tryRetain()).as("nobody holds the weights").isFalse();
  }

  private static Part part(String name, List<String> closed, boolean stays) {
    return new Part() {
      @Override
      public Set<String> inputs() {
        return Set.of();
      }

      @Override
      public Map<String, HostArray> run(Map<String, HostArray> inputs) {
        return Map.of();
      }

      @Override
      public List<String> describe() {
        return List.of();
      }

      @Override
      public void close() {
        closed.add(name);
        if (stays) {
          throw new IllegalStateException(name + " stays");
        }
      }
    };
  }

  @Test
  void anInputThatIsNotGivenIsMissedByName() {
    try (Segment segment = ramp()) {
      assertThatThrownBy(() -> segment.run(Map.of()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no part before gave x");
    }
  }
}
