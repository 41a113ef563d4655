package dev.millrace.pipeline.training;

import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.pipeline.dataset.Dataset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prepares batches ahead of the steps that learn from them. Batches come in the sampler's order,
 * and each is the same whatever the threads do. {@link #next} is confined to one thread.
 */
final class BatchLoader implements AutoCloseable {

  private static final int AHEAD = 4;
  private static final long AUGMENTATION = 3;

  private final Dataset dataset;
  private final TrainingSampler sampler;
  private final Augmentation augmentation;
  private final Seeds seeds;
  private final ExecutorService threads;
  private final Deque<List<Future<Sample>>> coming = new ArrayDeque<>();
  private long step;

  /**
   * @param first the number of the first step, from 0; what earlier steps drew is passed over
   * @param workers threads
   */
  BatchLoader(
      Dataset dataset,
      TrainingSampler sampler,
      Augmentation augmentation,
      Seeds seeds,
      long first,
      int workers) {
    this.dataset = dataset;
    this.sampler = sampler;
    this.augmentation = augmentation;
    this.seeds = seeds;
    for (; step < first; step++) {
      sampler.next();
    }
    threads = Executors.newFixedThreadPool(workers, named());
    for (int i = 0; i < AHEAD; i++) {
      prepare();
    }
  }

  private static ThreadFactory named() {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "training-data-" + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  private void prepare() {
    long number = step++;
    List<Future<Sample>> batch = new ArrayList<>();
    int[] indices = sampler.next();
    for (int i = 0; i < indices.length; i++) {
      int index = indices[i];
      SplittableRandom dice = seeds.at(AUGMENTATION, number * indices.length + i);
      batch.add(threads.submit(() -> sample(index, dice)));
    }
    coming.add(batch);
  }

  private Sample sample(int index, SplittableRandom dice) {
    try {
      return augmentation.apply(dataset.load(index), dice);
    } catch (ImageRejectedException e) {
      throw dataset.refused(index, e);
    }
  }

  /**
   * The next step's pictures; waits for them.
   *
   * @throws dev.millrace.components.ConfigException if a picture cannot be used
   */
  List<Sample> next() throws InterruptedException {
    prepare();
    List<Sample> batch = new ArrayList<>();
    for (Future<Sample> sample : coming.remove()) {
      try {
        batch.add(sample.get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException known
            ? known
            : new IllegalStateException(e.getCause());
      }
    }
    return batch;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
