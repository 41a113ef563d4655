package dev.millrace.pipeline.cli;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.connectors.street.StreetClass;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetFrame;
import dev.millrace.connectors.video.JpegEncoder;
import dev.millrace.connectors.video.Overlay;
import dev.millrace.connectors.video.Picture;
import dev.millrace.pipeline.dataset.CocoDataset;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.StreetPictures;
import dev.millrace.pipeline.dataset.TrueBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

  private final StreetDataset streets;
  private final StreetPictures dataset;
  private final int images;

  StreetExport(StreetDataset streets, int images) {
    this.streets = streets;
    this.dataset = new StreetPictures("streets", streets, images);
    this.images = images;
  }

  /** Images and their truth; a thread for each processor. */
  void write(Path folder, int quality) throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("images"));
    List<List<TrueBox>> truths = new ArrayList<>(Collections.nCopies(images, List.of()));
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    try (ProgressBar bar = new ProgressBar("street", images)) {
      Callable<Void> work =
          () -> {
            try (JpegEncoder encoder = new JpegEncoder(quality)) {
              for (int i = next.getAndIncrement(); i < images; i = next.getAndIncrement()) {
                LabelledFrame frame = dataset.load(i);
                Path file = pictures.resolve(dataset.images().get(i).fileName());
                Files.write(file, encoder.encode(picture(frame.frame())));
                truths.set(i, frame.boxes());
                bar.at(done.incrementAndGet());
              }
            }
            return null;
          };
      onAllProcessors(work);
    }
    new CocoDataset(
            dataset.images(), dataset.categories(), truths.stream().flatMap(List::stream).toList())
        .write(folder.resolve("instances.json"));
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

  private static Picture picture(Frame frame) {
    return new Picture(frame.width(), frame.height(), frame.bgr());
  }

  /** The first ones side by side, with boxes; those without a label need not be found. */
  void sheet(Path file) throws IOException {
    int count = Math.min(SHEET, images);
    int columns = Math.min(SHEET_COLUMNS, count);
    int rows = (count + columns - 1) / columns;
    StreetFrame first = streets.image(0);
    int width = first.width();
    int height = first.height();
    byte[] bgr = new byte[3 * width * columns * height * rows];
    for (int i = 0; i < count; i++) {
      Picture drawn = drawn(i == 0 ? first : streets.image(i));
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
    return new Overlay().draw(new Picture(frame.width(), frame.height(), frame.bgr()), boxes);
  }
}
