package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Measure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainViewTest {

  private static final CocoAp AP = new CocoAp(0.5, 0.75, 0.25, Map.of());

  private final StringWriter text = new StringWriter();

  private static Map<String, Float> losses() {
    Map<String, Float> losses = new LinkedHashMap<>();
    losses.put("loss_cls", 0.5f);
    losses.put("loss_rpn_loc", 0.125f);
    losses.put("focal", 0.25f);
    return losses;
  }

  @Test
  void onATerminalALineIsDrawnInPlace() {
    try (TrainView view = new TrainView(new PrintWriter(text), true)) {
      view.step(5, 10, Map.of("loss_cls", 0.5f), 0.001, 75);
      view.measured(5, Map.of(Measure.BOXES, AP));
      view.step(10, 10, Map.of("loss_cls", 0.25f), 0.0001, 0);
    }
    assertThat(text.toString())
        .isEqualTo(
            "\rtrain [##########..........] 5/10  loss 0.500 (cls 0.500)  rate 0.0010"
                + "  1 min 15 s left\033[K"
                + "\r\033[Kstep 5: AP 0.5000, AP50 0.7500, AP75 0.2500\n"
                + "\rtrain [####################] 10/10  loss 0.250 (cls 0.250)  rate 0.00010"
                + "  0 s left\033[K\n");
  }

  @Test
  void stepsThatFollowQuicklyAreNotAllDrawn() {
    try (TrainView view = new TrainView(new PrintWriter(text), true)) {
      for (int step = 1; step <= 10_000; step++) {
        view.step(step, 10_000, losses(), 0.01, 1);
      }
    }
    assertThat(text.toString())
        .contains("\rtrain [....................] 1/10000 ", " 10000/10000 ");
    assertThat(text.toString().split("\r")).hasSizeLessThan(1000);
    assertThat(text.toString()).endsWith("\n").containsOnlyOnce("\n");
  }

  @Test
  void aMeasurementIsDrawnToo() {
    try (TrainView view = new TrainView(new PrintWriter(text), true)) {
      view.measuring(20, 1, 4);
      view.measuring(20, 4, 4);
      view.measured(20, Map.of(Measure.BOXES, AP));
    }
    assertThat(text.toString())
        .isEqualTo(
            "\rmeasure [#####...............] 1/4\033[K"
                + "\rmeasure [####################] 4/4\033[K"
                + "\r\033[Kstep 20: AP 0.5000, AP50 0.7500, AP75 0.2500\n");
  }

  @Test
  void elsewhereEveryTwentiethStepAndTheLastAreALine() {
    try (TrainView view = new TrainView(new PrintWriter(text), false)) {
      for (int step = 1; step <= 45; step++) {
        view.step(step, 45, losses(), 0.01, 45 - step);
        view.measuring(step, 1, 1);
      }
      Map<Measure, CocoAp> ap = new EnumMap<>(Measure.class);
      ap.put(Measure.BOXES, AP);
      ap.put(Measure.MASKS, new CocoAp(0.25, 0.5, 0.125, Map.of()));
      view.measured(45, ap);
    }
    assertThat(text.toString().lines())
        .containsExactly(
            "train 20/45  loss 0.875 (cls 0.500, rpn_loc 0.125, focal 0.250)  rate 0.010  25 s left",
            "train 40/45  loss 0.875 (cls 0.500, rpn_loc 0.125, focal 0.250)  rate 0.010  5 s left",
            "train 45/45  loss 0.875 (cls 0.500, rpn_loc 0.125, focal 0.250)  rate 0.010  0 s left",
            "step 45: AP 0.5000, AP50 0.7500, AP75 0.2500;"
                + " masks AP 0.2500, AP50 0.5000, AP75 0.1250");
    assertThat(text.toString()).doesNotContain("\r", "\033");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "0.4, 0 s",
    "59.4, 59 s",
    "59.6, 1 min 00 s",
    "61, 1 min 01 s",
    "3599.4, 59 min 59 s",
    "3599.6, 1 h 00 min",
    "3900, 1 h 05 min",
    "363600, 101 h 00 min"
  })
  void timesAreRoundedAsAWhole(double seconds, String expected) {
    assertThat(TrainView.time(seconds)).isEqualTo(expected);
    Locale standard = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertThat(TrainView.time(seconds)).isEqualTo(expected);
    } finally {
      Locale.setDefault(standard);
    }
  }
}
