package dev.millrace.pipeline.cli;

import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.connectors.street.StreetClass;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetFrame;
import dev.millrace.connectors.video.JpegEncoder;
import dev.millrace.connectors.video.Overlay;
import dev.millrace.connectors.video.Picture;
import dev.millrace.pipeline.evaluation.CocoDataset;
import dev.millrace.pipeline.evaluation.TrueBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Synthetic streets as files. */
final class StreetExport {
  private static final int SHEET = 12;
  private static final int SHEET_COLUMNS = 3;

  private final StreetDataset dataset;
  private final int images;

  StreetExport(StreetDataset dataset, int images) {
    this.dataset = dataset;
    this.images = images;
  }

  /** Images and their truth; a thread for each processor. */
  void write(Path folder, int quality) throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("images"));
    GroundTruth[] truths = new GroundTruth[images];
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    try (ProgressBar bar = new ProgressBar("street", images)) {
      Callable<Void> work =
          () -> {
            try (JpegEncoder encoder = new JpegEncoder(quality)) {
              for (int i = next.getAndIncrement(); i < images; i = next.getAndIncrement()) {
                StreetFrame frame = dataset.image(i);
                Files.write(pictures.resolve(name(i)), encoder.encode(picture(frame)));
                truths[i] = frame.truth();
                bar.at(done.incrementAndGet());
              }
            }
            return null;
          };
      onAllProcessors(work);
    }
    coco(truths).write(folder.resolve("instances.json"));
  }

  private static void onAllProcessors(Callable<Void> work) throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(processors);
    try {
      List<Callable<Void>> copies = new ArrayList<>();
      for (int i = 0; i < processors; i++) {
        copies.add(work);
      }
      for (Future<Void> part : threads.invokeAll(copies)) {
        part.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) {
        throw known;
      }
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while writing", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static String name(int index) {
    return String.format(Locale.ROOT, "%06d.jpg", index);
  }

  private static Picture picture(StreetFrame frame) {
    return new Picture(frame.width(), frame.height(), frame.bgr());
  }

  /** What need not be found is a crowd, which counts neither for nor against. */
  private static CocoDataset coco(GroundTruth[] truths) {
    List<CocoDataset.Image> images = new ArrayList<>();
    List<TrueBox> boxes = new ArrayList<>();
    for (int i = 0; i < truths.length; i++) {
      GroundTruth truth = truths[i];
      long id = i + 1L;
      images.add(new CocoDataset.Image(id, name(i), truth.width(), truth.height()));
      truth.objects().forEach(object -> boxes.add(box(id, object, false)));
      truth.ignored().forEach(object -> boxes.add(box(id, object, true)));
    }
    List<CocoDataset.Category> categories =
        Arrays.stream(StreetClass.values())
            .map(each -> new CocoDataset.Category(each.cocoId(), each.label()))
            .toList();
    return new CocoDataset(images, categories, boxes);
  }

  private static TrueBox box(long image, TrueObject object, boolean crowd) {
    return new TrueBox(
        image,
        StreetClass.values()[object.classId()].cocoId(),
        object.x1(),
        object.y1(),
        object.x2(),
        object.y2(),
        object.area(),
        crowd);
  }

  /** The first ones side by side, with boxes; those without a label need not be found. */
  void sheet(Path file) throws IOException {
    int count = Math.min(SHEET, images);
    int columns = Math.min(SHEET_COLUMNS, count);
    int rows = (count + columns - 1) / columns;
    StreetFrame first = dataset.image(0);
    int width = first.width();
    int height = first.height();
    byte[] bgr = new byte[3 * width * columns * height * rows];
    for (int i = 0; i < count; i++) {
      Picture drawn = drawn(i == 0 ? first : dataset.image(i));
      for (int y = 0; y < height; y++) {
        int to = (i / columns * height + y) * width * columns + i % columns * width;
        System.arraycopy(drawn.bgr(), 3 * y * width, bgr, 3 * to, 3 * width);
      }
    }
    Overlay.writePng(new Picture(width * columns, height * rows, bgr), file);
  }

  private static Picture drawn(StreetFrame frame) {
    List<Overlay.Box> boxes = new ArrayList<>();
    for (TrueObject o : frame.truth().objects()) {
      boxes.add(new Overlay.Box(o.x1(), o.y1(), o.x2(), o.y2(), o.label(), o.classId(), 1));
    }
    for (TrueObject o : frame.truth().ignored()) {
      boxes.add(
          new Overlay.Box(o.x1(), o.y1(), o.x2(), o.y2(), "", StreetClass.values().length, 0));
    }
    return new Overlay().draw(picture(frame), boxes);
  }
}
