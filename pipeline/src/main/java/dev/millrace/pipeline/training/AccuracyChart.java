package dev.millrace.pipeline.training;

import java.awt.Color;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.YAxisPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** AP and AP50 where they were measured; the learning rate on an axis of its own, at the right. */
final class AccuracyChart {

  private static final int RATE = 1; // the right axis
  private static final Color RATE_COLOUR = new Color(0x8A8F98);
  private static final Color AP = new Color(0x0072B2);
  private static final Color AP50 = new Color(0xD55E00);

  private final List<TrainingPoint> points;

  AccuracyChart(List<TrainingPoint> points) {
    this.points = points;
  }

  XYChart chart() {
    XYChart chart = PlotStyle.chart(PlotStyle.end(points));
    chart.setXAxisTitle("iteration");
    chart.setYAxisTitle("AP");
    range(chart, 0, 1);
    rate(chart);
    measured(chart, "AP50", AP50, TrainingPoint::ap50);
    measured(chart, "AP", AP, TrainingPoint::ap);
    return chart;
  }

  private void rate(XYChart chart) {
    XYSeries series = series(chart, "learning rate", TrainingPoint::learningRate);
    series.setYAxisGroup(RATE);
    PlotStyle.line(series, RATE_COLOUR, 1.2f);
    chart.setYAxisGroupTitle(RATE, "learning rate");
    double most = series.getYMax() > 0 ? series.getYMax() : 1;
    chart.getStyler().setYAxisGroupPosition(RATE, YAxisPosition.Right);
    chart.getStyler().setYAxisGroupTitleColor(RATE, RATE_COLOUR);
    chart.getStyler().setYAxisGroupTickLabelsColorMap(RATE, RATE_COLOUR);
    range(chart, RATE, most);
  }

  /** Both axes have 0 at the same height. */
  private static void range(XYChart chart, int axis, double most) {
    chart.getStyler().setYAxisMin(axis, -0.02 * most).setYAxisMax(axis, 1.04 * most);
  }

  private void measured(
      XYChart chart, String name, Color colour, ToDoubleFunction<TrainingPoint> value) {
    XYSeries series = series(chart, name, value);
    PlotStyle.line(series, colour, 2.2f);
    series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(colour);
  }

  /** A series needs a point: where nothing was measured it is one without a place. */
  private XYSeries series(XYChart chart, String name, ToDoubleFunction<TrainingPoint> value) {
    List<TrainingPoint> finite =
        points.stream().filter(point -> Double.isFinite(value.applyAsDouble(point))).toList();
    return finite.isEmpty()
        ? chart.addSeries(name + ", not measured", new double[] {0}, new double[] {Double.NaN})
        : chart.addSeries(
            name,
            finite.stream().mapToDouble(TrainingPoint::iteration).toArray(),
            finite.stream().mapToDouble(value).toArray());
  }
}
