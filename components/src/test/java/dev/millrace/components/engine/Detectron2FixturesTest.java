package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Checkpoint;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Keypoint;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.postprocess.DetectionPostprocessor;
import dev.millrace.components.modeling.postprocess.Rle;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Detectron2;
import dev.millrace.components.testing.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Detectron2's own R-CNNs with Detectron2's own checkpoints: every value that it wrote down against
 * what our blocks give, eager and compiled, from its inputs of each stage and from the raw pictures
 * on.
 */
class Detectron2FixturesTest {

  private static final double MOST = 1e-4;
  private static final List<String> FIXTURES =
      List.of(
          "01_faster_rcnn_R_18_FPN",
          "02_faster_rcnn_R_50_FPN",
          "03_faster_rcnn_R_50_C4",
          "04_faster_rcnn_R_50_DC5",
          "06_mask_rcnn_R_50_FPN",
          "07_keypoint_rcnn_R_50_FPN",
          "08_cascade_mask_rcnn_R_50_FPN",
          "12_panoptic_fpn_R_50",
          "13_toy_standard");

  /** Files with a row for each detection, whereas our arrays are filled up. */
  private static final List<String> OF_DETECTIONS = List.of("mask_", "keypoint_", "roi_levels_");

  private long open;

  @BeforeEach
  void count() {
    open = Natives.createdCount() - Natives.closedCount();
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  static List<String> names() {
    return FIXTURES;
  }

  static Stream<Arguments> fixtures() {
    return FIXTURES.stream()
        .flatMap(f -> Stream.of(Arguments.of(f, "eager"), Arguments.of(f, "compiled")));
  }

  static Stream<Arguments> runs() {
    return fixtures()
        .flatMap(
            f ->
                Stream.of("img0", "img1", "img2", "batch")
                    .map(tag -> Arguments.of(f.get()[0], f.get()[1], tag)));
  }

  /** The worst relative error seen, and where. */
  static final class Worst {
    private final String what;
    private double error;
    private String where = "nothing";

    Worst(String what) {
      this.what = what;
    }

    void see(String name, float[] ours, float[] theirs) {
      double found = relativeError(ours, theirs);
      assertThat(found).as(what + " " + name).isLessThanOrEqualTo(MOST);
      if (found >= error) {
        error = found;
        where = name;
      }
    }

    void print() {
      System.out.printf("%s: worst relative error %.1e (%s)%n", what, error, where);
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void fromTheRawPictures(String fixture, String mode, String tag) {
    Detectron2Run run = new Detectron2Run(fixture, tag);
    Detectron2 d2 = Detectron2.of(fixture);
    ImageBatch batch = resized(run, d2.model.sizeDivisibility());
    run.hasResizedPictures(batch);
    Plan plan = Models.plan(d2.model, batch.height(), batch.width());
    Weights weights = weights(d2.model, fixture, "checkpoint.pkl");
    boolean eager = mode.equals("eager");
    Map<String, HostArray> given = Detectron2Run.given(batch);
    Worst worst = new Worst(fixture + " " + mode + " " + tag + " from pictures");

    Map<String, HostArray> all =
        Detectron2Stages.run(new Detectron2Stages(d2).all(), given, eager, weights);
    Set<String> left = new TreeSet<>(run.names());
    compareStages(run, all, worst, left);
    compareImages(run, all, batch, worst, left);
    assertThat(left).as("files that nothing was compared with").isEmpty();

    // As it runs in production: nothing written out but what is found, and one segment if compiled.
    if (!eager) {
      assertThat(plan.groups()).hasSize(1);
      assertThat(plan.groups().get(0).reasons()).isEmpty();
    }
    Map<String, HostArray> lean = new LinkedHashMap<>(given);
    for (Part part :
        Plan.of(d2.model, eager, batch.height(), batch.width(), LoadedModel.RESULTS)
            .parts(weights, Models.CPU)) {
      lean.putAll(part.run(lean));
      part.close();
    }
    compareImages(run, lean, batch, worst, new TreeSet<>());
    worst.print();
    weights.release();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void everyStageFromDetectron2sOwnInputs(String fixture, String mode) {
    Detectron2Run run = new Detectron2Run(fixture, "img0");
    Detectron2 d2 = Detectron2.of(fixture);
    Frame picture = Detectron2Run.resized(0);
    Models.plan(d2.model, picture.height(), picture.width());
    Weights weights = weights(d2.model, fixture, "checkpoint.pkl");
    Map<String, Npy> files = run.files();
    Map<String, HostArray> theirs = new LinkedHashMap<>();
    files.forEach(
        (name, npy) -> theirs.put(Detectron2Stages.ours(name), Detectron2Run.array(name, npy)));
    ImageBatch batch = resized(run, d2.model.sizeDivisibility());
    theirs.putAll(Detectron2Run.given(batch));
    Worst worst = new Worst(fixture + " " + mode + " stage by stage");
    Detectron2Stages stages = new Detectron2Stages(d2);
    List<Stage> each = new ArrayList<>(stages.all());
    each.addAll(stages.ends());
    Set<String> seen = new TreeSet<>();
    for (Stage stage : each) {
      Map<String, HostArray> out =
          Detectron2Stages.run(List.of(stage), theirs, mode.equals("eager"), weights);
      Set<String> left = new TreeSet<>(run.names());
      compareStages(run, out, worst, left);
      if (out.containsKey(Instances.COUNTS) || out.containsKey("proposals.boxes")) {
        compareImages(run, out, batch, worst, left);
      }
      run.names().stream().filter(name -> !left.contains(name)).forEach(seen::add);
    }
    seen.addAll(PanopticFiles.ofTheirOwn(run, theirs, batch));
    assertThat(seen).isEqualTo(run.names());
    worst.print();
    weights.release();
  }

  /** Detectron2's own instances through our postprocessor. */
  @ParameterizedTest
  @MethodSource("names")
  void instancesToSourcePixels(String fixture) {
    for (int picture = 0; picture < 3; picture++) {
      Detectron2Run run = new Detectron2Run(fixture, "img" + picture);
      Map<String, Npy> files = run.files();
      long[] ids = longs(files.get("pre_pred_classes"));
      ImageBatch batch = resized(run, 1);
      Map<String, DenseArray> fields = new LinkedHashMap<>();
      Npy masks = files.get("pre_pred_masks");
      if (masks != null) {
        long[] shape = {1, ids.length, masks.shape()[2], masks.shape()[3]};
        fields.put(Instances.PRED_MASKS, new DenseArray(shape, masks.floats()));
      }
      DenseInstances found =
          new DenseInstances(
              1,
              ids.length,
              files.get("pre_pred_boxes").floats(),
              files.get("pre_scores").floats(),
              ids,
              new int[] {ids.length},
              fields,
              Map.of());
      sameDetections(
          run, 0, detections(found, batch, 0), new Worst(fixture + " final"), new TreeSet<>());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"01_faster_rcnn_R_18_FPN", "02_faster_rcnn_R_50_FPN"})
  void bothFilesHoldTheSameParameters(String fixture) {
    Map<String, Tensor> pickled = checkpoint(fixture, "checkpoint.pkl").parameters();
    Map<String, Tensor> archived = checkpoint(fixture, "checkpoint.pth").parameters();
    assertThat(new ArrayList<>(archived.keySet())).isEqualTo(new ArrayList<>(pickled.keySet()));
    pickled.forEach(
        (name, tensor) -> {
          assertThat(archived.get(name).shape()).isEqualTo(tensor.shape());
          assertThat(archived.get(name).data()).isEqualTo(tensor.data());
        });
  }

  /** Arrays that are as Detectron2 wrote them: without a count for each image. */
  static void compareStages(
      Detectron2Run run, Map<String, HostArray> out, Worst worst, Set<String> left) {
    run.files()
        .forEach(
            (name, npy) -> {
              HostArray ours = out.get(Detectron2Stages.ours(name));
              boolean ofImages = name.startsWith("pre_") || name.startsWith("proposals_");
              if (ours == null || (ofImages && !name.equals("pre_pred_masks"))) {
                return;
              }
              left.remove(name);
              boolean filled =
                  name.equals("pre_pred_masks")
                      || OF_DETECTIONS.stream().anyMatch(name::startsWith);
              if (npy.type().equals("<i8")) {
                long[] theirs = longs(npy);
                assertThat(filled ? Arrays.copyOf(ours.longs(), theirs.length) : ours.longs())
                    .as(name)
                    .isEqualTo(theirs);
              } else {
                float[] theirs = npy.floats();
                worst.see(
                    name, filled ? head(ours.floats(), theirs.length) : ours.floats(), theirs);
              }
            });
  }

  /** Proposals and detections, image by image. */
  static void compareImages(
      Detectron2Run run,
      Map<String, HostArray> out,
      ImageBatch batch,
      Worst worst,
      Set<String> left) {
    Map<String, Npy> files = run.files();
    for (int n = 0; n < batch.images(); n++) {
      String end = run.suffix(n);
      if (out.containsKey("proposals.boxes")) {
        Npy logits = take(files, left, "proposals_objectness_logits" + end);
        Npy boxes = take(files, left, "proposals_proposal_boxes" + end);
        float[] ours = Models.image(out.get("proposals.logits"), n);
        int count = 0;
        while (count < ours.length && ours[count] > Float.NEGATIVE_INFINITY) {
          count++;
        }
        assertThat(count).as("proposals" + end).isEqualTo((int) logits.shape()[0]);
        worst.see("proposals_objectness_logits" + end, head(ours, count), logits.floats());
        worst.see(
            "proposals_proposal_boxes" + end,
            head(Models.image(out.get("proposals.boxes"), n), 4 * count),
            boxes.floats());
      }
      PanopticFiles.compare(run, n, out, batch, left);
      if (out.containsKey(Instances.COUNTS)) {
        compareInstances(files, end, out, n, worst, left);
        DenseInstances found = LoadedModel.dense(batch.images(), out);
        sameDetections(run, n, detections(found, batch, n), worst, left);
        if (found.fields().containsKey(Instances.PRED_KEYPOINT_HEATMAPS)) {
          ImageBatch unscaled =
              new ImageBatch(
                  batch.images(),
                  batch.height(),
                  batch.width(),
                  batch.pixels(),
                  batch.sizes(),
                  batch.sizes());
          sameKeypoints(
              take(files, left, "pre_pred_keypoints" + end),
              "pre_pred_keypoints" + end,
              detections(found, unscaled, n),
              worst);
        }
      }
    }
  }

  private static void compareInstances(
      Map<String, Npy> files,
      String end,
      Map<String, HostArray> out,
      int n,
      Worst worst,
      Set<String> left) {
    Npy scores = take(files, left, "pre_scores" + end);
    int count = (int) out.get(Instances.COUNTS).floats()[n];
    assertThat(count).as("detections" + end).isEqualTo((int) scores.shape()[0]);
    worst.see(
        "pre_scores" + end,
        head(Models.image(out.get(Instances.SCORES), n), count),
        scores.floats());
    worst.see(
        "pre_pred_boxes" + end,
        head(Models.image(out.get(Instances.BOXES), n), 4 * count),
        take(files, left, "pre_pred_boxes" + end).floats());
    long[] classes = out.get(Instances.CLASSES).longs();
    int rows = Math.toIntExact(out.get(Instances.CLASSES).shape().get(1));
    assertThat(Arrays.copyOfRange(classes, n * rows, n * rows + count))
        .isEqualTo(longs(take(files, left, "pre_pred_classes" + end)));
  }

  private static Npy take(Map<String, Npy> files, Set<String> left, String name) {
    left.remove(name);
    return files.get(name);
  }

  private static List<Detection> detections(DenseInstances found, ImageBatch batch, int image) {
    return new DetectionPostprocessor(0, Integer.MAX_VALUE, Set.of())
        .postprocess(found, batch, List.of())
        .get(image)
        .objects();
  }

  private static void sameDetections(
      Detectron2Run run, int image, List<Detection> found, Worst worst, Set<String> left) {
    Map<String, Npy> files = run.files();
    String end = run.suffix(image);
    float[] scores = take(files, left, "final_scores" + end).floats();
    float[] boxes = take(files, left, "final_pred_boxes" + end).floats();
    long[] classes = longs(take(files, left, "final_pred_classes" + end));
    assertThat(found).hasSameSizeAs(scores);
    float[] ours = new float[boxes.length];
    for (int i = 0; i < found.size(); i++) {
      Detection d = found.get(i);
      assertThat(d.classId()).isEqualTo((int) classes[i]);
      assertThat(d.score()).isCloseTo(scores[i], within(1e-3f));
      float[] box = {d.x1(), d.y1(), d.x2(), d.y2()};
      assertThat(iou(box, Arrays.copyOfRange(boxes, 4 * i, 4 * i + 4))).isGreaterThan(0.99);
      System.arraycopy(box, 0, ours, 4 * i, 4);
    }
    worst.see("final_pred_boxes" + end, ours, boxes);
    if (found.get(0).mask() != null) {
      left.remove(run.masks(image));
      sameMasks(run.readMasks(image), found);
    }
    if (!found.get(0).keypoints().isEmpty()) {
      String name = "final_pred_keypoints" + end;
      sameKeypoints(take(files, left, name), name, found, worst);
    }
  }

  /** Rounding moves the edge of a mask by a pixel here and there. */
  private static void sameMasks(List<Mask> theirs, List<Detection> found) {
    assertThat(found).hasSameSizeAs(theirs);
    long different = 0;
    long all = 0;
    for (int i = 0; i < found.size(); i++) {
      Rle ours = Rle.of(Objects.requireNonNull(found.get(i).mask()));
      Rle expected = Rle.of(theirs.get(i));
      assertThat(expected.toMask()).isEqualTo(theirs.get(i));
      assertThat(expected.area()).isPositive();
      assertThat(ours.iou(expected)).as("mask " + i).isGreaterThan(0.99);
      all += expected.area();
      different += ours.area() + expected.area() - 2 * ours.intersection(expected);
    }
    assertThat((double) different / all).as("share of pixels that differ").isLessThan(2e-4);
  }

  private static void sameKeypoints(Npy expected, String name, List<Detection> found, Worst worst) {
    float[] theirs = expected.floats();
    float[] ours = new float[theirs.length];
    int at = 0;
    for (Detection d : found) {
      for (Keypoint k : d.keypoints()) {
        assertThat(k.x()).as(name).isCloseTo(theirs[at], within(0.1f));
        assertThat(k.y()).as(name).isCloseTo(theirs[at + 1], within(0.1f));
        assertThat(k.score()).as(name).isCloseTo(theirs[at + 2], within(1e-3f));
        ours[at++] = k.x();
        ours[at++] = k.y();
        ours[at++] = k.score();
      }
    }
    worst.see(name, ours, theirs);
  }

  private static double iou(float[] a, float[] b) {
    double w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    double h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    double both = Math.max(0, w) * Math.max(0, h);
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
  }

  static ImageBatch resized(Detectron2Run run, int divisor) {
    ResizeShortestEdge resize = new ResizeShortestEdge(192, 320);
    return new BatchBuffer().fill(run.frames().stream().map(resize::preprocess).toList(), divisor);
  }

  private static float[] head(float[] values, int count) {
    return Arrays.copyOf(values, count);
  }

  private static long[] longs(Npy npy) {
    long[] values = new long[npy.data().remaining() / 8];
    npy.data().duplicate().order(npy.data().order()).asLongBuffer().get(values);
    return values;
  }

  private static Checkpoint checkpoint(String fixture, String file) {
    Path path = Assets.path("detectron2/" + fixture + "/" + file);
    return Checkpoints.read(path);
  }

  /** What the file holds, with nothing missing and nothing left over. */
  static Weights weights(MetaArchitecture model, String fixture, String file) {
    Map<String, Parameter> parameters = model.parameters();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEach((name, p) -> shapes.put(name, p.getShape().getShape()));
    var report =
        CheckpointLoader.match(
            shapes, checkpoint(fixture, file), List.of(), List.of(), model.buffers());
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    report
        .orThrow("model.weights")
        .matched()
        .forEach((name, tensor) -> values.put(parameters.get(name), tensor));
    return new Weights(values);
  }

  private static double relativeError(float[] ours, float[] theirs) {
    assertThat(ours).hasSameSizeAs(theirs);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < ours.length; i++) {
      difference += Math.pow(ours[i] - theirs[i], 2);
      norm += Math.pow(theirs[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
