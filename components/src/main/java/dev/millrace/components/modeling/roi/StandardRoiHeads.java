package dev.millrace.components.modeling.roi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Proposals;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.supervision.Boxes;
import dev.millrace.components.supervision.Supervision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code StandardROIHeads}: pool each proposal, run the box head, predict. Heads do
 * not share features.
 */
public final class StandardRoiHeads extends RoiHeads {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Feature maps to pool from, finest first") List<String> inFeatures,
      @JsonPropertyDescription("How regions are pooled for the box head") RoiPooler.Args boxPooler,
      @JsonPropertyDescription("Pooled region to feature") ComponentConfig<BoxHead> boxHead,
      @JsonPropertyDescription("Feature to class and box")
          ComponentConfig<BoxPredictor> boxPredictor,
      @JsonPropertyDescription("How they are trained") RoiTraining.@Nullable Args training) {}

  private final List<String> inFeatures;
  private final RoiPooler boxPooler;
  private final BoxHead boxHead;
  private final BoxPredictor boxPredictor;
  private final RoiTraining training;

  /**
   * @param inFeatures names of the feature maps that {@code boxPooler} was made for, in its order
   */
  public StandardRoiHeads(
      List<String> inFeatures,
      RoiPooler boxPooler,
      BoxHead boxHead,
      BoxPredictor boxPredictor,
      RoiTraining training) {
    this.training = training;
    this.inFeatures = List.copyOf(inFeatures);
    this.boxPooler = boxPooler;
    this.boxHead = add("box_head", boxHead);
    this.boxPredictor = add("box_predictor", boxPredictor);
  }

  public static StandardRoiHeads fromConfig(Args args, Build build) {
    Map<String, ShapeSpec> shapes = Rpn.select(build, args.inFeatures());
    if (shapes.values().stream().map(ShapeSpec::channels).distinct().count() != 1) {
      throw build.mistake(
          "inFeatures",
          "expected feature maps of the same number of channels, found " + shapes + ".",
          "Choose maps that agree.");
    }
    RoiPooler pooler = RoiPooler.fromConfig(args.boxPooler(), build, "boxPooler", shapes.values());
    int channels = shapes.values().iterator().next().channels();
    BoxHead head =
        build.component(
            BoxHead.class,
            args.boxHead(),
            Map.of("pooled", ShapeSpec.pooled(channels, pooler.resolution(), pooler.resolution())));
    return new StandardRoiHeads(
        args.inFeatures(),
        pooler,
        head,
        build.component(
            BoxPredictor.class, args.boxPredictor(), Map.of("features", head.outputShape())),
        RoiTraining.fromConfig(args.training(), build));
  }

  @Override
  public Instances forward(Forward f, FeatureMaps features, Proposals proposals, NDArray sizes) {
    NDArray pooled = boxPooler.forward(RoiPooler.select(features, inFeatures), proposals.boxes());
    BoxPredictor.Predictions predictions = boxPredictor.forward(f, boxHead.forward(f, pooled));
    return boxPredictor.inference(predictions, proposals, sizes);
  }

  @Override
  public void train(Forward f, FeatureMaps features, Proposals proposals, Supervision supervision) {
    int background = boxPredictor.classes();
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
    RoiSamples samples = samples(labelled, rows, supervision);
    NDArray pooled =
        boxPooler.forward(
            RoiPooler.select(features, inFeatures), dense(f.manager(), labelled, rows));
    BoxPredictor.Predictions predictions =
        boxPredictor.forward(f, boxHead.forward(f, withoutPadding(f.manager(), pooled, rows)));
    boxPredictor.losses(predictions, samples).forEach(supervision::loss);
  }

  private static RoiSamples samples(
      List<RoiTraining.Labelled> labelled, List<int[]> rows, Supervision supervision) {
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

  /** (N, most, 4): images with fewer samples are filled up with empty boxes. */
  private static NDArray dense(
      NDManager manager, List<RoiTraining.Labelled> labelled, List<int[]> rows) {
    int most = rows.stream().mapToInt(own -> own.length).max().orElse(0);
    float[] boxes = new float[4 * most * rows.size()];
    for (int n = 0; n < rows.size(); n++) {
      float[] own = Boxes.pick(labelled.get(n).boxes(), rows.get(n));
      System.arraycopy(own, 0, boxes, 4 * most * n, own.length);
    }
    return manager.create(boxes, new Shape(rows.size(), most, 4));
  }

  private static NDArray withoutPadding(NDManager manager, NDArray pooled, List<int[]> rows) {
    int most = Math.toIntExact(pooled.getShape().get(0)) / rows.size();
    long[] kept =
        IntStream.range(0, rows.size() * most)
            .filter(i -> i % most < rows.get(i / most).length)
            .asLongStream()
            .toArray();
    return kept.length == rows.size() * most ? pooled : pooled.get(manager.create(kept));
  }
}
