package dev.millrace.pipeline.evaluation;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Keypoint;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.connectors.format.RunLengths;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.TrueBox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs detectors over a dataset, from its pictures to average precision. Each detector has a thread
 * that decodes and detects; the work is handed out in batches of images of one size.
 */
public final class Evaluation {

  /**
   * What came of it.
   *
   * @param ap by boxes
   * @param masks AP by masks; null unless the model makes some and the dataset has some
   * @param keypoints AP by a person's keypoints; null unless both have some
   * @param seconds from the first file that was opened to the last detection
   */
  public record Report(
      CocoAp ap, @Nullable CocoAp masks, @Nullable CocoAp keypoints, int images, double seconds) {
    public double imagesPerSecond() {
      return images / seconds;
    }

    /** By boxes, and by what else was measured. */
    public Map<Measure, CocoAp> measures() {
      Map<Measure, CocoAp> measures = new EnumMap<>(Measure.class);
      measures.put(Measure.BOXES, ap);
      if (masks != null) {
        measures.put(Measure.MASKS, masks);
      }
      if (keypoints != null) {
        measures.put(Measure.KEYPOINTS, keypoints);
      }
      return Collections.unmodifiableMap(measures);
    }
  }

  private final Dataset dataset;
  private final List<ObjectClass> classes;
  private final int batch;

  /**
   * @param classes names and category ids in the order of the model's class indices
   * @param batch most images of one size in a batch, at least 1
   */
  public Evaluation(Dataset dataset, List<ObjectClass> classes, int batch) {
    this.dataset = dataset;
    this.classes = List.copyOf(classes);
    this.batch = batch;
  }

  /** What was in some images, and what was found. */
  private record Seen(List<TrueBox> truth, List<ScoredBox> found) {}

  /**
   * @param detectors one for each thread; not closed
   * @param progress is told how many images are done, from any thread
   * @throws ConfigException if a file is missing, no picture, or of a shape that the model's
   *     preprocessor refuses
   */
  public Report run(List<Detector> detectors, IntConsumer progress) {
    return run(detectors, progress, () -> false).orElseThrow();
  }

  /**
   * @param stop asked before each batch, from any thread
   * @return empty if somebody wanted it to stop
   */
  public Optional<Report> run(
      List<Detector> detectors, IntConsumer progress, BooleanSupplier stop) {
    Queue<List<Integer>> work = new ConcurrentLinkedQueue<>(batches());
    AtomicInteger done = new AtomicInteger();
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    ExecutorService threads = Executors.newFixedThreadPool(detectors.size());
    long start = System.nanoTime();
    try {
      List<Callable<Map<Integer, Seen>>> tasks = new ArrayList<>();
      for (Detector detector : detectors) {
        tasks.add(
            () -> {
              try {
                return drain(
                    work, detector, images -> progress.accept(done.addAndGet(images)), stop);
              } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
                throw e;
              } finally {
                work.clear(); // empty already, but after a failure: then nobody needs the rest
              }
            });
      }
      Map<Integer, Seen> all = new TreeMap<>(); // whoever saw them: equal scores keep their order
      for (Future<Map<Integer, Seen>> result : threads.invokeAll(tasks)) {
        all.putAll(result.get());
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return all.size() == dataset.images().size()
          ? Optional.of(judge(all.values(), seconds))
          : Optional.empty();
    } catch (ExecutionException e) {
      RuntimeException first = failure.get();
      throw first != null ? first : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while evaluating", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Over the categories that the model knows: of others it cannot find any. */
  private Report judge(Collection<Seen> all, double seconds) {
    Set<Long> known = classes.stream().map(c -> (long) c.id()).collect(Collectors.toSet());
    List<TrueBox> truth = new ArrayList<>();
    List<ScoredBox> found = new ArrayList<>();
    for (Seen seen : all) {
      seen.truth().stream().filter(box -> known.contains(box.categoryId())).forEach(truth::add);
      found.addAll(seen.found());
    }
    CocoEvaluator evaluator =
        new CocoEvaluator(
            new CocoDataset(
                dataset.images(),
                dataset.categories().stream().filter(c -> known.contains(c.id())).toList(),
                truth));
    return new Report(
        evaluator.evaluate(found),
        judge(evaluator, Measure.MASKS, truth, found),
        judge(evaluator, Measure.KEYPOINTS, truth, found),
        dataset.images().size(),
        seconds);
  }

  private static @Nullable CocoAp judge(
      CocoEvaluator evaluator, Measure measure, List<TrueBox> truth, List<ScoredBox> found) {
    return truth.stream().anyMatch(measure.overlap()::has)
            && found.stream().anyMatch(measure.overlap()::has)
        ? evaluator.evaluate(measure, found, AreaRange.ALL)
        : null;
  }

  /** Indices of images that the dataset lists with one size. */
  private List<List<Integer>> batches() {
    Map<List<Integer>, List<Integer>> bySize = new LinkedHashMap<>();
    List<List<Integer>> batches = new ArrayList<>();
    for (int i = 0; i < dataset.images().size(); i++) {
      Image image = dataset.images().get(i);
      List<Integer> open =
          bySize.computeIfAbsent(List.of(image.height(), image.width()), size -> new ArrayList<>());
      open.add(i);
      if (open.size() == batch) {
        batches.add(List.copyOf(open));
        open.clear();
      }
    }
    bySize.values().stream()
        .filter(rest -> !rest.isEmpty())
        .map(List::copyOf)
        .forEach(batches::add);
    return batches;
  }

  private Map<Integer, Seen> drain(
      Queue<List<Integer>> work, Detector detector, IntConsumer done, BooleanSupplier stop) {
    Map<Integer, Seen> all = new LinkedHashMap<>();
    for (List<Integer> indices = work.poll();
        indices != null && !stop.getAsBoolean();
        indices = work.poll()) {
      List<LabelledFrame> pictures = indices.stream().map(dataset::load).toList();
      List<InputImage> inputs = new ArrayList<>();
      for (int i = 0; i < indices.size(); i++) {
        inputs.add(input(detector.preprocessor(), indices.get(i), pictures.get(i)));
      }
      List<Detections> results = detector.infer(inputs);
      for (int i = 0; i < indices.size(); i++) {
        long id = dataset.images().get(indices.get(i)).id();
        all.put(indices.get(i), new Seen(pictures.get(i).boxes(), scored(id, results.get(i))));
      }
      done.accept(indices.size());
    }
    return all;
  }

  private InputImage input(Preprocessor preprocessor, int index, LabelledFrame picture) {
    try {
      return preprocessor.preprocess(picture.frame());
    } catch (ImageRejectedException e) {
      throw dataset.refused(index, e);
    }
  }

  private List<ScoredBox> scored(long image, Detections results) {
    List<ScoredBox> found = new ArrayList<>();
    for (Detection d : results.objects()) {
      Mask mask = d.mask();
      found.add(
          new ScoredBox(
              image,
              classes.get(d.classId()).id(),
              d.score(),
              d.x1(),
              d.y1(),
              d.x2(),
              d.y2(),
              mask == null ? null : RunLengths.decode(mask.height(), mask.width(), mask.counts()),
              pixels(d.keypoints())));
    }
    return found;
  }

  /** COCO's files number a keypoint's pixel, the middle of which is its place in a detection. */
  private static List<Keypoint> pixels(List<Keypoint> places) {
    return places.stream().map(k -> new Keypoint(k.x() - 0.5f, k.y() - 0.5f, k.score())).toList();
  }
}
