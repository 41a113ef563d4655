package dev.millrace.components.image;

/**
 * The triangle filter of one axis as Pillow's {@code Image.resize} has it for uint8: which source
 * samples make an output sample, and their weights in 22 bits of fraction. When shrinking, the
 * triangle widens with the factor (antialiasing).
 *
 * @param first index of the first source sample, per output
 * @param weights {@code taps} weights per output; past {@code counts} they are 0
 * @param counts how many source samples count, per output
 */
@SuppressWarnings("ArrayRecordComponent") // a table, compared by nobody
record ResampleTable(
    int sourceSize, int targetSize, int taps, int[] first, int[] counts, int[] weights) {
  static final int PRECISION = 22;

  static ResampleTable of(int sourceSize, int targetSize) {
    double scale = (double) sourceSize / targetSize;
    double support = Math.max(scale, 1.0);
    int taps = (int) Math.ceil(support) * 2 + 1;
    int[] first = new int[targetSize];
    int[] counts = new int[targetSize];
    int[] weights = new int[targetSize * taps];
    double[] triangle = new double[taps];
    for (int i = 0; i < targetSize; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - support + 0.5));
      int to = Math.min(sourceSize, (int) (centre + support + 0.5));
      double sum = 0;
      for (int s = from; s < to; s++) {
        double distance = Math.abs((s - centre + 0.5) * (1.0 / support));
        triangle[s - from] = distance < 1 ? 1 - distance : 0;
        sum += triangle[s - from];
      }
      first[i] = from;
      counts[i] = to - from;
      for (int k = 0; k < to - from; k++) {
        double weight = sum == 0 ? 0 : triangle[k] / sum;
        weights[i * taps + k] = (int) (0.5 + weight * (1 << PRECISION));
      }
    }
    return new ResampleTable(sourceSize, targetSize, taps, first, counts, weights);
  }
}
