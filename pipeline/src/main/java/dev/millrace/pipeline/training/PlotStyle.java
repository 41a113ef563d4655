package dev.millrace.pipeline.training;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What the charts of a plot have in common. */
final class PlotStyle {

  static final Color BACKGROUND = Color.WHITE;

  /** An axis begins this part of its length before 0: at the very end a tick has no label. */
  static final double AIR = 150;

  private static final Color TEXT = new Color(0x333333);
  private static final Color GRID = new Color(0xE4E4E4);

  private PlotStyle() {}

  static XYChart chart(double end) {
    XYChart chart = new XYChart(TrainingPlot.WIDTH, TrainingPlot.HEIGHT); // it is painted smaller
    XYStyler style = chart.getStyler();
    style.setChartBackgroundColor(BACKGROUND);
    style.setPlotBackgroundColor(BACKGROUND);
    style.setPlotBorderColor(GRID);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1));
    style.setPlotContentSize(1);
    style.setPlotMargin(0);
    style.setChartFontColor(TEXT);
    style.setAxisTickLabelsColor(TEXT);
    style.setChartTitlePadding(8);
    style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 20));
    style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
    style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    style.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    style.setLegendPosition(LegendPosition.OutsideS);
    style.setLegendLayout(LegendLayout.Horizontal);
    style.setLegendBorderColor(BACKGROUND);
    style.setLegendSeriesLineLength(28);
    style.setXAxisTickMarkSpacingHint(100);
    style.setYAxisTickMarkSpacingHint(45);
    style.setXAxisDecimalPattern("#,##0");
    style.setYAxisDecimalPattern("0.########");
    style.setXAxisMin(-end / AIR);
    style.setXAxisMax(end);
    return chart;
  }

  /**
   * Where the axis of iterations ends. A little behind the last, by no multiple of the distance
   * between points: else XChart would set its ticks at points, not at round numbers.
   */
  static double end(List<TrainingPoint> points) {
    int last = points.stream().mapToInt(TrainingPoint::iteration).max().orElse(0);
    return Math.max(1, last) * (1 + Math.PI / 1000);
  }

  static void line(XYSeries series, Color colour, float width) {
    boolean onePoint = series.getXData().length == 1; // of which no line is seen
    series.setMarker(onePoint ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE).setMarkerColor(colour);
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }
}
