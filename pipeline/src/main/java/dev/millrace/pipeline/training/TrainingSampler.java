package dev.millrace.pipeline.training;

import dev.millrace.components.supervision.Shuffle;
import dev.millrace.pipeline.dataset.Image;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Which pictures each step learns from: Detectron2's {@code TrainingSampler}, one shuffled round
 * after the other without end, and {@code AspectRatioGroupedDataset}. The order is a function of
 * the seed. Confined to one thread.
 *
 * <p>Pictures that are made together are drawn close together: blocks of neighbours are shuffled,
 * then the pictures of some blocks among each other.
 */
final class TrainingSampler {

  /** Blocks whose pictures are shuffled among each other. */
  private static final int BLOCKS = 8;

  private static final long ROUND = 1;
  private static final long WINDOW = 2;

  private final List<Image> images;
  private final int neighbours;
  private final int batch;
  private final boolean grouped;
  private final Seeds seeds;
  private final Deque<Integer> coming = new ArrayDeque<>();
  private final List<Integer> lying = new ArrayList<>();
  private final List<Integer> standing = new ArrayList<>();
  private long round;
  private long window;

  /**
   * @param neighbours pictures in a row that cost little more together than one of them
   * @param batch pictures of a step
   * @param grouped whether pictures that stand are kept from those that lie
   */
  TrainingSampler(List<Image> images, int neighbours, int batch, boolean grouped, Seeds seeds) {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("expected at least one picture");
    }
    this.images = List.copyOf(images);
    this.neighbours = neighbours;
    this.batch = batch;
    this.grouped = grouped;
    this.seeds = seeds;
  }

  /** Indices of the next step's pictures. */
  int[] next() {
    while (true) {
      if (coming.isEmpty()) {
        shuffleRound();
      }
      int index = coming.remove();
      Image image = images.get(index);
      List<Integer> group = grouped && image.height() > image.width() ? standing : lying;
      group.add(index);
      if (group.size() == batch) {
        int[] indices = group.stream().mapToInt(Integer::intValue).toArray();
        group.clear();
        return indices;
      }
    }
  }

  private void shuffleRound() {
    int blocks = (images.size() + neighbours - 1) / neighbours;
    int[] order = Shuffle.of(seeds.at(ROUND, round++)).permutation(blocks);
    int together = neighbours == 1 ? 1 : BLOCKS;
    for (int first = 0; first < blocks; first += together) {
      List<Integer> indices = new ArrayList<>();
      for (int b = first; b < Math.min(first + together, blocks); b++) {
        int from = order[b] * neighbours;
        for (int i = from; i < Math.min(from + neighbours, images.size()); i++) {
          indices.add(i);
        }
      }
      for (int i : Shuffle.of(seeds.at(WINDOW, window++)).permutation(indices.size())) {
        coming.add(indices.get(i));
      }
    }
  }
}
