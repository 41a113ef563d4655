package dev.millrace.pipeline.evaluation;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.components.image.ImageRejectedException;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Runs detectors over a dataset, from the files' bytes to average precision. Each detector has a
 * thread that decodes and detects; the work is handed out in batches of images of one size.
 */
public final class Evaluation {

  /**
   * @param seconds from the first file that was opened to the last detection
   */
  public record Report(BoxAp ap, int images, double seconds) {
    public double imagesPerSecond() {
      return images / seconds;
    }
  }

  private final CocoDataset dataset;
  private final Path folder;
  private final List<ObjectClass> classes;
  private final int batch;

  /**
   * @param folder that the dataset's file names are relative to
   * @param classes names and category ids in the order of the model's class indices
   * @param batch most images of one size in a batch, at least 1
   */
  public Evaluation(CocoDataset dataset, Path folder, List<ObjectClass> classes, int batch) {
    this.dataset = dataset;
    this.folder = folder;
    this.classes = List.copyOf(classes);
    this.batch = batch;
  }

  /**
   * @param detectors one for each thread; not closed
   * @param progress is told how many images are done, from any thread
   * @throws ConfigException if a file is missing or no picture
   */
  public Report run(List<Detector> detectors, IntConsumer progress) {
    Queue<List<CocoDataset.Image>> work = new ConcurrentLinkedQueue<>(batches());
    AtomicInteger done = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(detectors.size());
    long start = System.nanoTime();
    try {
      List<Callable<List<ScoredBox>>> tasks = new ArrayList<>();
      for (Detector detector : detectors) {
        tasks.add(() -> drain(work, detector, images -> progress.accept(done.addAndGet(images))));
      }
      List<ScoredBox> found = new ArrayList<>();
      for (Future<List<ScoredBox>> result : threads.invokeAll(tasks)) {
        found.addAll(result.get());
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Report(
          new CocoEvaluator(dataset).evaluate(found), dataset.images().size(), seconds);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while evaluating", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private List<List<CocoDataset.Image>> batches() {
    Map<List<Integer>, List<CocoDataset.Image>> bySize = new LinkedHashMap<>();
    List<List<CocoDataset.Image>> batches = new ArrayList<>();
    for (CocoDataset.Image image : dataset.images()) {
      List<CocoDataset.Image> open =
          bySize.computeIfAbsent(List.of(image.height(), image.width()), size -> new ArrayList<>());
      open.add(image);
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

  private List<ScoredBox> drain(
      Queue<List<CocoDataset.Image>> work, Detector detector, IntConsumer done) throws IOException {
    List<ScoredBox> found = new ArrayList<>();
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      for (List<CocoDataset.Image> images = work.poll(); images != null; images = work.poll()) {
        List<Frame> frames = new ArrayList<>();
        for (CocoDataset.Image image : images) {
          frames.add(decode(decoder, image));
        }
        List<Detections> results = detector.detect(frames);
        for (int i = 0; i < images.size(); i++) {
          for (Detection d : results.get(i).objects()) {
            found.add(
                new ScoredBox(
                    images.get(i).id(),
                    classes.get(d.classId()).id(),
                    d.score(),
                    d.x1(),
                    d.y1(),
                    d.x2(),
                    d.y2()));
          }
        }
        done.accept(images.size());
      }
    }
    return found;
  }

  private Frame decode(ImageDecoder decoder, CocoDataset.Image image) throws IOException {
    Path file = folder.resolve(image.fileName());
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file.toString(),
          "the dataset lists this image, but there is no such file.",
          "Check the folder of images.");
    }
    try {
      Frame frame = decoder.decode(Files.readAllBytes(file));
      if (image.width() != 0
          && (frame.width() != image.width() || frame.height() != image.height())) {
        throw new ConfigException(
            file.toString(),
            "the dataset says "
                + image.width()
                + " x "
                + image.height()
                + ", the picture is "
                + frame.width()
                + " x "
                + frame.height()
                + ".",
            "Images and annotations must belong together.");
      }
      return frame;
    } catch (ImageRejectedException e) {
      throw new ConfigException(
          file.toString(), String.valueOf(e.getMessage()), "Replace the file.");
    }
  }
}
