package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.supervision.Boxes;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Matcher;
import dev.millrace.components.supervision.ObjectMask;
import dev.millrace.components.supervision.Supervision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The proposals of a batch that a training step counts. Rows are image after image, in each image
 * objects first.
 */
public final class SampledProposals {

  private final Supervision supervision;
  private final int background;
  private final List<RoiTraining.Labelled> labelled;
  private final List<int[]> rows;

  private SampledProposals(
      Supervision supervision,
      int background,
      List<RoiTraining.Labelled> labelled,
      List<int[]> rows) {
    this.supervision = supervision;
    this.background = background;
    this.labelled = labelled;
    this.rows = rows;
  }

  /** Detectron2's {@code label_and_sample_proposals}. */
  static SampledProposals of(
      Proposals proposals, Supervision supervision, RoiTraining training, int background) {
    int images = supervision.images().size();
    float[] logits = proposals.logits().toFloatArray();
    float[] boxes = proposals.boxes().toFloatArray();
    int each = logits.length / images;
    List<RoiTraining.Labelled> labelled = new ArrayList<>();
    List<int[]> rows = new ArrayList<>();
    for (int n = 0; n < images; n++) {
      int first = n * each;
      int[] real =
          IntStream.range(first, first + each)
              .filter(i -> logits[i] > Float.NEGATIVE_INFINITY)
              .toArray();
      RoiTraining.Labelled own =
          training.label(Boxes.pick(boxes, real), supervision.images().get(n), background);
      labelled.add(own);
      rows.add(training.sample(own, background, supervision.shuffle()).all());
    }
    return new SampledProposals(supervision, background, labelled, rows);
  }

  /**
   * The same proposals in other places, told anew what they answer for and none left out but the
   * empty ones: Detectron2's {@code _match_and_label_boxes}.
   *
   * @param boxes of all, 4 numbers each, as a box head moved them
   * @param iouThreshold from which on a box is an object
   */
  SampledProposals moved(float[] boxes, double iouThreshold) {
    RoiTraining training =
        new RoiTraining(
            new Matcher(List.of(iouThreshold), List.of(0, 1), false),
            RoiTraining.STANDARD.sampler(),
            false);
    List<RoiTraining.Labelled> told = new ArrayList<>();
    List<int[]> kept = new ArrayList<>();
    int at = 0;
    for (int n = 0; n < rows.size(); n++) {
      float[] own = new float[4 * rows.get(n).length];
      int count = 0;
      for (int i = 0; i < rows.get(n).length; i++, at += 4) {
        float[] box = supervision.clip(n, Arrays.copyOfRange(boxes, at, at + 4));
        if (box[2] > box[0] && box[3] > box[1]) {
          System.arraycopy(box, 0, own, 4 * count++, 4);
        }
      }
      RoiTraining.Labelled labels =
          training.label(Arrays.copyOf(own, 4 * count), supervision.images().get(n), background);
      told.add(labels);
      kept.add(IntStream.range(0, count).filter(i -> labels.classes()[i] >= 0).toArray());
    }
    return new SampledProposals(supervision, background, told, kept);
  }

  /** Those that answer for an object. */
  public SampledProposals objects() {
    return where(
        (n, i) -> {
          int found = labelled.get(n).classes()[i];
          return found >= 0 && found != background;
        });
  }

  /** Those of {@link #objects} in whose box there is a visible keypoint of their object. */
  SampledProposals withVisibleKeypoints() {
    return where(
        (n, i) -> {
          float[] box = labelled.get(n).boxes();
          float[] own = keypoints(n, i);
          boolean any = false;
          for (int k = 0; k < own.length; k += 3) {
            any |=
                own[k + 2] >= 1
                    && own[k] >= box[4 * i]
                    && own[k + 1] >= box[4 * i + 1]
                    && own[k] <= box[4 * i + 2]
                    && own[k + 1] <= box[4 * i + 3];
          }
          return any;
        });
  }

  /** Whether a row of an image stays. */
  private interface Wanted {
    boolean test(int image, int row);
  }

  private SampledProposals where(Wanted wanted) {
    List<int[]> kept = new ArrayList<>();
    for (int n = 0; n < rows.size(); n++) {
      int image = n;
      kept.add(IntStream.of(rows.get(n)).filter(i -> wanted.test(image, i)).toArray());
    }
    return new SampledProposals(supervision, background, labelled, kept);
  }

  /**
   * The mask of the object that each of {@link #objects} answers for.
   *
   * @throws IllegalArgumentException if the truth has none
   */
  public List<ObjectMask> masks() {
    List<ObjectMask> masks = new ArrayList<>();
    for (int n = 0; n < rows.size(); n++) {
      List<ObjectMask> truth = supervision.images().get(n).masks();
      for (int i : rows.get(n)) {
        if (truth.isEmpty()) {
          throw new IllegalArgumentException(
              "expected masks to train a mask head with, found boxes alone");
        }
        masks.add(truth.get(labelled.get(n).objects()[i]));
      }
    }
    return masks;
  }

  /**
   * The keypoints of the object that each of {@link #objects} answers for: x, y and visibility of
   * each.
   *
   * @throws IllegalArgumentException if the truth has none
   */
  public List<float[]> keypoints() {
    List<float[]> keypoints = new ArrayList<>();
    for (int n = 0; n < rows.size(); n++) {
      for (int i : rows.get(n)) {
        keypoints.add(keypoints(n, i));
      }
    }
    return keypoints;
  }

  private float[] keypoints(int image, int row) {
    GroundTruth truth = supervision.images().get(image);
    if (truth.keypoints().length == 0) {
      throw new IllegalArgumentException(
          "expected keypoints to train a keypoint head with, found boxes alone");
    }
    int each = truth.keypoints().length / truth.objects();
    int object = labelled.get(image).objects()[row];
    return Arrays.copyOfRange(truth.keypoints(), object * each, (object + 1) * each);
  }

  /** What is to be said of each. */
  public RoiSamples samples() {
    int all = rows.stream().mapToInt(own -> own.length).sum();
    float[] boxes = new float[4 * all];
    float[] trueBoxes = new float[4 * all];
    int[] classes = new int[all];
    int at = 0;
    for (int n = 0; n < rows.size(); n++) {
      RoiTraining.Labelled own = labelled.get(n);
      int[] chosen = rows.get(n);
      float[] truth = own.trueBoxes(supervision.images().get(n), chosen);
      System.arraycopy(Boxes.pick(own.boxes(), chosen), 0, boxes, 4 * at, truth.length);
      System.arraycopy(truth, 0, trueBoxes, 4 * at, truth.length);
      for (int i : chosen) {
        classes[at++] = own.classes()[i];
      }
    }
    return new RoiSamples(rows.size(), boxes, classes, trueBoxes);
  }

  /**
   * Their features, (M, C, h, w).
   *
   * @param maps that the pooler was made for
   */
  public NDArray pool(RoiPooler pooler, List<NDArray> maps) {
    NDManager manager = maps.get(0).getManager();
    return withoutPadding(manager, pooler.forward(maps, dense(manager)));
  }

  /** (N, most, 4): images with fewer samples are filled up with empty boxes. */
  private NDArray dense(NDManager manager) {
    int most = rows.stream().mapToInt(own -> own.length).max().orElse(0);
    float[] boxes = new float[4 * most * rows.size()];
    for (int n = 0; n < rows.size(); n++) {
      float[] own = Boxes.pick(labelled.get(n).boxes(), rows.get(n));
      System.arraycopy(own, 0, boxes, 4 * most * n, own.length);
    }
    return manager.create(boxes, new Shape(rows.size(), most, 4));
  }

  /** Pooled from {@link #dense}, a row for each of {@link #samples}. */
  private NDArray withoutPadding(NDManager manager, NDArray pooled) {
    int most = Math.toIntExact(pooled.getShape().get(0)) / rows.size();
    long[] kept =
        IntStream.range(0, rows.size() * most)
            .filter(i -> i % most < rows.get(i / most).length)
            .asLongStream()
            .toArray();
    return kept.length == rows.size() * most ? pooled : pooled.get(manager.create(kept));
  }
}
