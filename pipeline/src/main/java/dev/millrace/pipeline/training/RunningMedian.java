package dev.millrace.pipeline.training;

import java.util.Arrays;

/** Each value, and the 19 before it, as their median: how Detectron2 smooths what it shows. */
final class RunningMedian {

  private static final int WINDOW = 20;

  private RunningMedian() {}

  static double[] of(double[] values) {
    double[] medians = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double[] window = Arrays.copyOfRange(values, Math.max(0, i - WINDOW + 1), i + 1);
      Arrays.sort(window);
      int half = window.length / 2;
      medians[i] = window.length % 2 == 1 ? window[half] : (window[half - 1] + window[half]) / 2;
    }
    return medians;
  }
}
