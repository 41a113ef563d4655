package dev.millrace.pipeline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Keypoint;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which measures are taken: those for which model and dataset both have something. */
class EvaluationTest {

  /** Left 3 of 5 columns of 4 rows. */
  private static final Mask MASK = new Mask(4, 5, "0<8");

  private static final Outline LEFT_HALF =
      new Outline.Polygons(List.of(new double[] {0, 0, 2, 0, 2, 4, 0, 4}));
  private static final List<Keypoint> POINTS = Collections.nCopies(17, new Keypoint(1.5f, 2.5f, 1));
  private static final List<TrueKeypoint> TRUE_POINTS =
      Collections.nCopies(17, new TrueKeypoint(1, 2, true));

  /** One picture, one person in it. */
  private record OnePicture(Outline outline, List<TrueKeypoint> keypoints) implements Dataset {

    @Override
    public String name() {
      return "one";
    }

    @Override
    public List<Category> categories() {
      return List.of(new Category(9, "person"));
    }

    @Override
    public List<Image> images() {
      return List.of(new Image(3, "", 5, 4));
    }

    @Override
    public LabelledFrame load(int index) {
      return new LabelledFrame(
          new Frame(5, 4, new byte[60]),
          List.of(new TrueBox(3, 9, 0, 0, 2, 4, 8, false, outline, keypoints)));
    }
  }

  /** Always sees the same person. */
  private record Seer(Mask mask, List<Keypoint> keypoints, Preprocessor preprocessor)
      implements Detector {

    Seer(Mask mask, List<Keypoint> keypoints) {
      this(mask, keypoints, frame -> new InputImage(4, 5, frame.bgr(), 4, 5));
    }

    @Override
    public List<Detections> infer(List<InputImage> images) {
      Detection person = new Detection(0, 0, 2, 4, 0, "person", 0.5f, mask, keypoints, Map.of());
      return Collections.nCopies(images.size(), new Detections(List.of(person)));
    }

    @Override
    public String plan() {
      return "";
    }

    @Override
    public String weightsHash() {
      return "";
    }

    @Override
    public long nativeBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static Evaluation.Report report(Dataset dataset, Detector detector) {
    return new Evaluation(dataset, List.of(new ObjectClass("person", 9)), 1)
        .run(List.of(detector), images -> {});
  }

  @Test
  void boxesAlone() {
    for (Evaluation.Report report :
        List.of(
            report(new OnePicture(null, List.of()), new Seer(MASK, POINTS)),
            report(new OnePicture(LEFT_HALF, TRUE_POINTS), new Seer(null, List.of())),
            report(new OnePicture(null, TRUE_POINTS), new Seer(null, POINTS.subList(0, 5))))) {
      assertThat(report.ap().ap()).isEqualTo(1);
      assertThat(report.masks()).isNull();
      assertThat(report.keypoints()).isNull();
    }
  }

  /** 8 true pixels of 12: an IoU of .67, which four of ten thresholds let pass. */
  @Test
  void masksAndKeypointsToo() {
    Evaluation.Report report =
        report(new OnePicture(LEFT_HALF, TRUE_POINTS), new Seer(MASK, POINTS));
    assertThat(report.ap().ap()).isEqualTo(1);
    assertThat(report.masks().ap()).isEqualTo(0.4);
    assertThat(report.keypoints().ap()).isEqualTo(1);
    Keypoint off = new Keypoint(4.5f, 2.5f, 1);
    assertThat(
            report(
                    new OnePicture(LEFT_HALF, TRUE_POINTS),
                    new Seer(MASK, Collections.nCopies(17, off)))
                .keypoints()
                .ap())
        .isZero();
  }

  /** Pictures that something happens to when they are loaded. */
  private record Twenty(IntConsumer loading) implements Dataset {

    @Override
    public String name() {
      return "twenty";
    }

    @Override
    public List<Category> categories() {
      return List.of(new Category(9, "person"));
    }

    @Override
    public List<Image> images() {
      return IntStream.range(0, 20).mapToObj(i -> new Image(i, i + ".jpg", 5, 4)).toList();
    }

    @Override
    public LabelledFrame load(int index) {
      loading.accept(index);
      return new LabelledFrame(new Frame(5, 4, new byte[60]), List.of());
    }
  }

  private static ConfigException failed(int index) {
    return new ConfigException(index + ".jpg", "no picture.", null);
  }

  /** Of a thread that has nothing to do any more. */
  private static void awaitIdle(AtomicReference<Thread> thread) {
    while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(IntConsumer loading) {
    Detector seer = new Seer(null, List.of());
    new Evaluation(new Twenty(loading), List.of(new ObjectClass("person", 9)), 1)
        .run(List.of(seer, seer), images -> {});
  }

  @Test
  @Timeout(60)
  void aMissingPictureEndsTheOtherLanesToo() {
    AtomicReference<Thread> failing = new AtomicReference<>();
    AtomicInteger others = new AtomicInteger();
    IntConsumer loading =
        index -> {
          if (index == 0) {
            failing.set(Thread.currentThread());
            throw failed(0);
          }
          awaitIdle(failing);
          others.incrementAndGet();
        };
    assertThatThrownBy(() -> run(loading)).hasMessage("0.jpg: no picture.");
    assertThat(others).hasValueLessThanOrEqualTo(1);
  }

  @Test
  @Timeout(60)
  void theFirstOfTwoErrorsIsTold() {
    CountDownLatch bothLoad = new CountDownLatch(2);
    AtomicReference<Thread> first = new AtomicReference<>();
    IntConsumer loading =
        index -> {
          bothLoad.countDown();
          await(bothLoad);
          if (index == 0) { // taken by the lane that is asked first what came of it
            awaitIdle(first);
          } else {
            first.set(Thread.currentThread());
          }
          throw failed(index);
        };
    assertThatThrownBy(() -> run(loading)).hasMessage("1.jpg: no picture.");
  }

  @Test
  void aPictureThatBecomesTooLargeIsTold() {
    Preprocessor resize = new ResizeShortestEdge(2400, 6000);
    Seer model =
        new Seer(null, List.of(), frame -> resize.preprocess(new Frame(8, 4, new byte[96])));
    assertThatThrownBy(() -> report(new Twenty(index -> {}), model))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("twenty: 0.jpg: the frame of 8 x 4 would be resized to ");
  }
}
