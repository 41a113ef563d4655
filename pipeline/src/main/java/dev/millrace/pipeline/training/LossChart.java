package dev.millrace.pipeline.training;

import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/** The losses, smoothed, and the total behind them as it was. */
final class LossChart {

  private static final double LOG_BEYOND = 20; // the largest over the smallest
  private static final Color TOTAL = new Color(0x222222);
  private static final Color RAW = new Color(0xC9CDD3);

  /** Okabe and Ito's, which colour-blind people can tell apart, without the yellow. */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0x56B4E9),
          new Color(0xE69F00));

  private record Curve(double[] iterations, double[] values) {}

  private final String title;
  private final List<TrainingPoint> points;
  private final DoubleSummaryStatistics range = new DoubleSummaryStatistics();

  LossChart(String title, List<TrainingPoint> points) {
    this.title = title;
    this.points = points;
  }

  XYChart chart() {
    XYChart chart = PlotStyle.chart(PlotStyle.end(points));
    chart.setTitle(title);
    chart.setYAxisTitle("loss");
    Curve total = curve(TrainingPoint::totalLoss);
    add(chart, "total_loss, unsmoothed", total, RAW, 1);
    List<String> names =
        new ArrayList<>(
            points.stream()
                .map(TrainingPoint::losses)
                .map(Map::keySet)
                .collect(TreeSet::new, TreeSet::addAll, TreeSet::addAll));
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Curve loss = curve(point -> point.losses().getOrDefault(name, Double.NaN));
      add(chart, name, smooth(loss), COLOURS.get(i % COLOURS.size()), 1.8f);
    }
    add(chart, "total_loss", smooth(total), TOTAL, 2.4f);
    scale(chart);
    return chart;
  }

  private Curve curve(ToDoubleFunction<TrainingPoint> value) {
    List<TrainingPoint> finite =
        points.stream().filter(point -> Double.isFinite(value.applyAsDouble(point))).toList();
    return new Curve(
        finite.stream().mapToDouble(TrainingPoint::iteration).toArray(),
        finite.stream().mapToDouble(value).toArray());
  }

  private static Curve smooth(Curve curve) {
    return new Curve(curve.iterations(), RunningMedian.of(curve.values()));
  }

  private void add(XYChart chart, String name, Curve curve, Color colour, float width) {
    if (curve.values().length > 0) {
      PlotStyle.line(chart.addSeries(name, curve.iterations(), curve.values()), colour, width);
      for (double value : curve.values()) {
        range.accept(value);
      }
    }
  }

  private void scale(XYChart chart) {
    if (range.getCount() == 0) {
      chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0); // nothing to show
    } else if (range.getMin() > 0 && range.getMax() / range.getMin() > LOG_BEYOND) {
      chart
          .getStyler()
          .setYAxisLogarithmic(true)
          .setYAxisLogarithmicDecadeOnly(false)
          .setYAxisTickLabelsFormattingFunction(LossChart::logLabel)
          .setYAxisMin(range.getMin() / 1.1)
          .setYAxisMax(range.getMax() * 1.1);
    } else if (range.getMin() >= 0) {
      double most = Math.max(range.getMax() * 1.05, 1e-9);
      chart.getStyler().setYAxisMin(-most / PlotStyle.AIR).setYAxisMax(most);
    }
  }

  /** Of a decade 1, 2 and 5 have labels; its other ticks have none. */
  private static String logLabel(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(1)).stripTrailingZeros();
    int digit = rounded.unscaledValue().intValue();
    return digit == 1 || digit == 2 || digit == 5 ? rounded.toPlainString() : "";
  }
}
