package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.dense.DenseInference;
import dev.millrace.components.modeling.dense.DenseLosses;
import dev.millrace.components.modeling.dense.Fcos;
import dev.millrace.components.modeling.dense.FcosHead;
import dev.millrace.components.modeling.dense.FcosTraining;
import dev.millrace.components.modeling.dense.RetinaNet;
import dev.millrace.components.modeling.dense.RetinaNetHead;
import dev.millrace.components.modeling.dense.RetinaNetTraining;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Matcher;
import dev.millrace.components.supervision.Shuffle;
import dev.millrace.components.testing.TwoLevels;
import dev.millrace.components.training.TrainableModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RetinaNet's and FCOS's losses against the same in plain double arithmetic from what the head
 * says, and their gradients against differences.
 */
class DenseTrainingTest {

  private static final List<String> LEVELS = List.of("p2", "p3");
  private static final int[] STRIDES = {4, 8};
  private static final int CLASSES = 3;
  private static final int HEIGHT = 48;
  private static final int WIDTH = 64;
  private static final Shuffle IN_ORDER = n -> IntStream.range(0, n).toArray();
  private static final PixelNormalization PIXELS =
      new PixelNormalization(new float[] {103.53f, 116.28f, 123.675f}, new float[] {1, 1, 1});

  private static final List<GroundTruth> TRUTH =
      List.of(
          new GroundTruth(
              new float[] {5, 6, 22, 30, 30, 3, 61, 40.5f, 8, 9, 19, 20}, new int[] {0, 2, 1}),
          new GroundTruth(new float[0], new int[0]));

  private static final DefaultAnchorGenerator ANCHORS =
      new DefaultAnchorGenerator(
          List.of(List.of(10.0, 16.0), List.of(24.0, 40.0)), List.of(List.of(1.0)), STRIDES, 0);

  private static RetinaNet retinaNet(BoxLoss boxLoss) {
    return new RetinaNet(
        new TwoLevels.TwoLevelBackbone(),
        LEVELS,
        ANCHORS,
        new RetinaNetHead(CLASSES, 2, List.of(8, 8), Norm.NONE, 0.1),
        new BoxTransform(1, 2, 1, 1),
        new DenseInference(0.05f, 30, 0.5f, 10),
        PIXELS,
        new RetinaNetTraining(
            new Matcher(List.of(0.4, 0.5), List.of(0, -1, 1), true),
            new DenseLosses(0.25, 2, boxLoss)));
  }

  private static Fcos fcos() {
    return new Fcos(
        new TwoLevels.TwoLevelBackbone(),
        LEVELS,
        List.of(new ShapeSpec(8, 4), new ShapeSpec(8, 8)),
        new FcosHead(CLASSES, List.of(32), Norm.GN, 0.1),
        new DenseInference(0.2f, 30, 0.6f, 10),
        PIXELS,
        FcosTraining.STANDARD);
  }

  private static MetaArchitecture model(String name) {
    return switch (name) {
      case "retinanet" -> retinaNet(new BoxLoss(BoxLoss.Kind.SMOOTH_L1, 0.1));
      case "giou" -> retinaNet(new BoxLoss(BoxLoss.Kind.GIOU, 0));
      default -> fcos();
    };
  }

  private static Map<String, HostArray> batch() {
    return Models.batch(HEIGHT, WIDTH, new long[] {1, 2}, new int[][] {{HEIGHT, WIDTH}, {40, 56}});
  }

  private static ImageBatch images() {
    ByteBuffer pixels = batch().get(MetaArchitecture.PIXELS).data();
    int[] sizes = {HEIGHT, WIDTH, 40, 56};
    return new ImageBatch(2, HEIGHT, WIDTH, pixels, sizes, sizes);
  }

  private static Map<String, Tensor> values(MetaArchitecture model) {
    Models.plan(model, HEIGHT, WIDTH);
    Map<String, Tensor> values = new LinkedHashMap<>();
    model.parameters().forEach((name, p) -> values.put(name, RandomWeights.of(name, p, 42)));
    return values;
  }

  /** What the head says of an image's anchor: classes, deltas, and the centerness if there is. */
  private record Said(double[] logits, double[] deltas, double centerness, double[] anchor) {}

  private static List<Said> said(MetaArchitecture model, int image, int each, float[][] anchors) {
    Weights weights = Models.random(model);
    Map<String, HostArray> out =
        Detectron2Stages.run(model.stages().subList(0, 3), batch(), true, weights);
    weights.release();
    List<Said> all = new ArrayList<>();
    for (int level = 0; level < 2; level++) {
      HostArray logits = out.get("head.logits." + LEVELS.get(level));
      float[] classes = Models.image(logits, image);
      float[] deltas = Models.image(out.get("head.deltas." + LEVELS.get(level)), image);
      HostArray centerness = out.get("head.centerness." + LEVELS.get(level));
      Shape shape = logits.shape();
      int plane = (int) (shape.get(2) * shape.get(3));
      for (int cell = 0; cell < plane; cell++) {
        for (int a = 0; a < each; a++) {
          double[] k = new double[CLASSES];
          double[] d = new double[4];
          double[] anchor = new double[4];
          for (int i = 0; i < CLASSES; i++) {
            k[i] = classes[(a * CLASSES + i) * plane + cell];
          }
          for (int i = 0; i < 4; i++) {
            d[i] = deltas[(a * 4 + i) * plane + cell];
            anchor[i] = anchors[level][4 * (cell * each + a) + i];
          }
          double near = centerness == null ? 0 : Models.image(centerness, image)[cell];
          all.add(new Said(k, d, near, anchor));
        }
      }
    }
    return all;
  }

  private static float[][] anchors() {
    return new float[][] {
      ANCHORS.anchors(0, HEIGHT / 4, WIDTH / 4), ANCHORS.anchors(1, HEIGHT / 8, WIDTH / 8)
    };
  }

  private static float[][] cells() {
    float[][] all = new float[2][];
    for (int level = 0; level < 2; level++) {
      int s = STRIDES[level];
      all[level] = new float[4 * (HEIGHT / s) * (WIDTH / s)];
      for (int i = 0; i < all[level].length / 4; i++) {
        float x = s * (i % (WIDTH / s));
        float y = s * (i / (WIDTH / s));
        System.arraycopy(
            new float[] {x - s / 2f, y - s / 2f, x + s / 2f, y + s / 2f}, 0, all[level], 4 * i, 4);
      }
    }
    return all;
  }

  private static double focal(double[] logits, int label) {
    double loss = 0;
    for (int c = 0; c < CLASSES; c++) {
      boolean object = c == label;
      double right = 1 / (1 + Math.exp(object ? -logits[c] : logits[c]));
      loss -= (object ? 0.25 : 0.75) * Math.pow(1 - right, 2) * Math.log(right);
    }
    return loss;
  }

  private static double[] truth(int image, int object) {
    double[] box = new double[4];
    for (int k = 0; k < 4; k++) {
      box[k] = TRUTH.get(image).boxes()[4 * object + k];
    }
    return box;
  }

  private static double area(double[] b) {
    return Math.max(0, b[2] - b[0]) * Math.max(0, b[3] - b[1]);
  }

  private static double[] meet(double[] a, double[] b) {
    return new double[] {
      Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])
    };
  }

  private static double iou(double[] a, double[] b) {
    double both = area(meet(a, b));
    return both / (area(a) + area(b) - both);
  }

  private static double giouLoss(double[] a, double[] b) {
    double both = area(meet(a, b));
    double union = area(a) + area(b) - both;
    double hull =
        (Math.max(a[2], b[2]) - Math.min(a[0], b[0]))
            * (Math.max(a[3], b[3]) - Math.min(a[1], b[1]));
    return 1 - (both / union - (hull - union) / hull);
  }

  /** Labels: an object's index, -1 for background, -2 for nothing. */
  private static int[] retinaNetLabels(List<Said> said, int image) {
    int objects = TRUTH.get(image).objects();
    int[] labels = new int[said.size()];
    double[] best = new double[objects];
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < labels.length; i++) {
        double most = -1;
        int object = -1;
        boolean bestOfSome = false;
        for (int g = 0; g < objects; g++) {
          double iou = iou(said.get(i).anchor(), truth(image, g));
          if (pass == 0) {
            best[g] = Math.max(best[g], iou);
          }
          bestOfSome |= Math.abs(iou - best[g]) < 1e-6;
          if (iou > most + 1e-9) {
            most = iou;
            object = g;
          }
        }
        labels[i] = most >= 0.5 || (pass == 1 && bestOfSome) ? object : most < 0.4 ? -1 : -2;
      }
    }
    return labels;
  }

  private static double[] delta(double[] from, double[] to) {
    double w = from[2] - from[0];
    double h = from[3] - from[1];
    return new double[] {
      (to[0] + to[2] - from[0] - from[2]) / 2 / w,
      2 * (to[1] + to[3] - from[1] - from[3]) / 2 / h,
      Math.log((to[2] - to[0]) / w),
      Math.log((to[3] - to[1]) / h)
    };
  }

  /** From 16 pixels to 1000 at most. */
  private static final double MOST = Math.log(1000 / 16.0);

  private static double[] moved(double[] from, double[] d) {
    double w = from[2] - from[0];
    double h = from[3] - from[1];
    double x = (from[0] + from[2]) / 2 + d[0] * w;
    double y = (from[1] + from[3]) / 2 + d[1] / 2 * h;
    double halfW = w * Math.exp(Math.min(d[2], MOST)) / 2;
    double halfH = h * Math.exp(Math.min(d[3], MOST)) / 2;
    return new double[] {x - halfW, y - halfH, x + halfW, y + halfH};
  }

  @ParameterizedTest
  @ValueSource(strings = {"retinanet", "giou"})
  void retinaNetsLossesAreThoseOfThePlainestWay(String name) {
    MetaArchitecture model = model(name);
    Map<String, Tensor> values = values(model);
    double classes = 0;
    double boxes = 0;
    int positive = 0;
    int ignored = 0;
    for (int image = 0; image < 2; image++) {
      List<Said> said = said(model, image, 2, anchors());
      int[] labels = retinaNetLabels(said, image);
      for (int i = 0; i < labels.length; i++) {
        Said one = said.get(i);
        int label = labels[i];
        ignored += label == -2 ? 1 : 0;
        if (label != -2) {
          classes += focal(one.logits(), label < 0 ? -1 : TRUTH.get(image).classes()[label]);
        }
        if (label >= 0) {
          positive++;
          double[] target = truth(image, label);
          if (name.equals("giou")) {
            boxes += giouLoss(moved(one.anchor(), one.deltas()), target);
          } else {
            double[] wanted = delta(one.anchor(), target);
            for (int k = 0; k < 4; k++) {
              double off = Math.abs(wanted[k] - one.deltas()[k]);
              boxes += off < 0.1 ? off * off / 0.2 : off - 0.05;
            }
          }
        }
      }
    }
    assertThat(positive).isGreaterThan(3);
    assertThat(ignored).isPositive();
    double normalizer = 100;
    try (TrainableModel trained =
        new TrainableModel(model, values, n -> false, Engines.pyTorch(), Device.cpu())) {
      for (int step = 0; step < 2; step++) {
        normalizer = 0.9 * normalizer + 0.1 * positive;
        try (TrainableModel.Gradients found = trained.gradients(images(), TRUTH, IN_ORDER)) {
          assertThat(found.losses()).containsOnlyKeys("loss_cls", "loss_box_reg");
          close(found.losses().get("loss_cls"), classes / normalizer);
          close(found.losses().get("loss_box_reg"), boxes / normalizer);
        }
        assertThat(trained.averages().get("loss_normalizer")).isCloseTo(normalizer, within(1e-9));
      }
    }
  }

  @Test
  void fcosLossesAreThoseOfThePlainestWay() {
    MetaArchitecture model = model("fcos");
    Map<String, Tensor> values = values(model);
    double classes = 0;
    double boxes = 0;
    double near = 0;
    int positive = 0;
    for (int image = 0; image < 2; image++) {
      for (Said one : said(model, image, 1, cells())) {
        double stride = one.anchor()[2] - one.anchor()[0];
        double x = one.anchor()[0] + stride / 2;
        double y = one.anchor()[1] + stride / 2;
        int label = -1;
        for (int g = 0; g < TRUTH.get(image).objects(); g++) {
          double[] b = truth(image, g);
          double farthest = Math.max(Math.max(x - b[0], b[2] - x), Math.max(y - b[1], b[3] - y));
          double nearest = Math.min(Math.min(x - b[0], b[2] - x), Math.min(y - b[1], b[3] - y));
          double off = Math.max(Math.abs(x - (b[0] + b[2]) / 2), Math.abs(y - (b[1] + b[3]) / 2));
          boolean level = stride == 4 ? farthest < 32 : farthest > 32;
          if (nearest > 0
              && off < 1.5 * stride
              && level
              && (label < 0 || area(b) < area(truth(image, label)))) {
            label = g;
          }
        }
        classes += focal(one.logits(), label < 0 ? -1 : TRUTH.get(image).classes()[label]);
        if (label >= 0) {
          positive++;
          double[] b = truth(image, label);
          double[] d = one.deltas();
          boxes +=
              giouLoss(
                  new double[] {
                    x - stride * Math.max(0, d[0]),
                    y - stride * Math.max(0, d[1]),
                    x + stride * Math.max(0, d[2]),
                    y + stride * Math.max(0, d[3])
                  },
                  b);
          double across = Math.min(x - b[0], b[2] - x) / Math.max(x - b[0], b[2] - x);
          double down = Math.min(y - b[1], b[3] - y) / Math.max(y - b[1], b[3] - y);
          double target = Math.sqrt(across * down);
          double p = 1 / (1 + Math.exp(-one.centerness()));
          near -= target * Math.log(p) + (1 - target) * Math.log(1 - p);
        }
      }
    }
    assertThat(positive).isGreaterThan(3);
    double normalizer = 0.9 * 300 + 0.1 * positive;
    try (TrainableModel trained =
            new TrainableModel(model, values, n -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found = trained.gradients(images(), TRUTH, IN_ORDER)) {
      assertThat(found.losses())
          .containsOnlyKeys("loss_fcos_cls", "loss_fcos_loc", "loss_fcos_ctr");
      close(found.losses().get("loss_fcos_cls"), classes / normalizer);
      close(found.losses().get("loss_fcos_loc"), boxes / normalizer);
      close(found.losses().get("loss_fcos_ctr"), near / normalizer);
    }
  }

  private static void close(double found, double expected) {
    assertThat(found).isCloseTo(expected, within(1e-4 * expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"retinanet", "giou", "fcos"})
  void gradientsReachEverythingAndAreWhatDifferencesSay(String name) {
    MetaArchitecture model = model(name);
    Map<String, Tensor> values = values(model);
    try (TrainableModel trained =
            new TrainableModel(model, values, n -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found = trained.gradients(images(), TRUTH, IN_ORDER)) {
      assertThat(found.gradients().keySet()).isEqualTo(model.parameters().keySet());
      assertThat(found.unreached()).isEmpty();
      for (String parameter : List.of("head.cls_score.weight", "head.bbox_pred.weight")) {
        float[] gradient = found.gradients().get(parameter).toFloatArray();
        double norm = 0;
        for (float g : gradient) {
          norm += (double) g * g;
        }
        norm = Math.sqrt(norm);
        double slope =
            (lossAt(model, values, parameter, gradient, 1e-3 / norm)
                    - lossAt(model, values, parameter, gradient, -1e-3 / norm))
                / 2e-3;
        assertThat(slope).as(parameter).isCloseTo(norm, within(0.03 * norm));
      }
    }
  }

  private static double lossAt(
      MetaArchitecture model,
      Map<String, Tensor> values,
      String parameter,
      float[] direction,
      double step) {
    Map<String, Tensor> moved = new LinkedHashMap<>(values);
    Tensor tensor = values.get(parameter);
    float[] numbers = tensor.floats();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] += (float) (step * direction[i]);
    }
    moved.put(parameter, Tensor.of(numbers, tensor.shape()));
    try (TrainableModel trained =
            new TrainableModel(model, moved, n -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found = trained.gradients(images(), TRUTH, IN_ORDER)) {
      return found.total();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"retinanet", "fcos"})
  void withoutObjectsThereIsALossOfBackgroundAlone(String name) {
    MetaArchitecture model = model(name);
    GroundTruth nothing = new GroundTruth(new float[0], new int[0]);
    try (TrainableModel trained =
            new TrainableModel(model, values(model), n -> false, Engines.pyTorch(), Device.cpu());
        TrainableModel.Gradients found =
            trained.gradients(images(), List.of(nothing, nothing), IN_ORDER)) {
      found
          .losses()
          .forEach(
              (loss, value) -> {
                if (loss.endsWith("cls")) {
                  assertThat(value).as(loss).isPositive();
                } else {
                  assertThat(value + 0f).as(loss).isZero();
                }
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"retinanet", "fcos"})
  void bothFormsFindTheSame(String name) {
    MetaArchitecture model = model(name);
    Plan plan = Models.plan(model, HEIGHT, WIDTH);
    assertThat(plan.groups()).hasSize(1);
    Weights weights = Models.random(model);
    Map<String, HostArray> eager = Detectron2Stages.run(model.stages(), batch(), true, weights);
    Map<String, HostArray> traced = Detectron2Stages.run(model.stages(), batch(), false, weights);
    weights.release();
    assertThat(eager.get("instances.counts").floats()[0]).isPositive();
    eager.forEach(
        (key, array) -> {
          if (key.equals("instances.classes")) {
            assertThat(traced.get(key).longs()).isEqualTo(array.longs());
          } else {
            float[] found = traced.get(key).floats();
            float[] expected = array.floats();
            for (int i = 0; i < expected.length; i++) {
              if (found[i] != expected[i]) { // both minus infinity
                assertThat(found[i])
                    .as(key)
                    .isCloseTo(expected[i], within(1e-3f * Math.max(1, Math.abs(expected[i]))));
              }
            }
          }
        });
  }
}
