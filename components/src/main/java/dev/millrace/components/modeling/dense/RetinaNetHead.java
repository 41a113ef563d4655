package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code RetinaNetHead} (Lin et al., Focal Loss, 2017): two subnets of one shape, one
 * for classes and one for boxes.
 */
public sealed class RetinaNetHead extends DenseHead permits FcosHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Channels of each subnet's 3x3 convolutions, one entry each; default four times as"
                  + " many as come in")
          @Nullable List<Integer> convDims,
      @JsonPropertyDescription(
              "Normalisation after each of them: FrozenBN, GN or '' (none, default)")
          @Nullable String norm,
      @JsonPropertyDescription(
              "Probability of each class that a head that nobody trained begins with, default 0.01")
          @Nullable Double priorProb) {}

  /** Of all weights, as Detectron2 says. */
  private static final Initial SMALL = Initial.normal(0.01);

  private final Subnet clsSubnet;
  private final Subnet bboxSubnet;
  private final Block clsScore;
  private final Block bboxPred;

  /**
   * @param anchors of each cell
   * @param priorProb above 0 and below 1
   */
  public RetinaNetHead(
      int classes, int anchors, List<Integer> convDims, Norm norm, double priorProb) {
    clsSubnet = add("cls_subnet", new Subnet(convDims, norm, SMALL));
    bboxSubnet = add("bbox_subnet", new Subnet(convDims, norm, SMALL));
    clsScore = add("cls_score", Layers.conv(anchors * classes, 3), classScore(priorProb));
    bboxPred = add("bbox_pred", Layers.conv(anchors * 4, 3), SMALL);
  }

  /** Weights and bias of a layer whose first answer for every class is this. */
  private static Initial classScore(double priorProb) {
    return SMALL.withBias(-Math.log((1 - priorProb) / priorProb));
  }

  public static RetinaNetHead fromConfig(Args args, Build build) {
    return new RetinaNetHead(
        build.classNames().size(),
        StandardRpnHead.anchors(build),
        convDims(build, args.convDims()),
        norm(build, args.norm(), Norm.NONE),
        priorProb(build, args.priorProb()));
  }

  static List<Integer> convDims(Build build, @Nullable List<Integer> given) {
    int channels = StandardRpnHead.channels(build);
    List<Integer> dims = given == null ? Collections.nCopies(4, channels) : given;
    if (dims.isEmpty() || dims.stream().anyMatch(dim -> dim < 1)) {
      throw build.mistake(
          "convDims",
          "expected at least one number of 1 or more, found " + dims + ".",
          "Leave it out for four convolutions of " + channels + " channels.");
    }
    return dims;
  }

  /** Detectron2 keeps BN's statistics for each level by itself, which is not built. */
  static Norm norm(Build build, @Nullable String given, Norm standard) {
    Norm norm = Norm.of(build, "norm", given, standard);
    if (norm == Norm.BN) {
      throw build.mistake(
          "norm",
          "BN mixes the statistics of all levels, which share this head.",
          "Use GN, FrozenBN or ''.");
    }
    return norm;
  }

  static double priorProb(Build build, @Nullable Double given) {
    double prior = given == null ? 0.01 : given;
    if (!(prior > 0 && prior < 1)) {
      throw build.mistake(
          "priorProb",
          "expected more than 0 and less than 1, found " + given + ".",
          "Leave it out for 0.01.");
    }
    return prior;
  }

  @Override
  public final Prediction forward(Forward f, NDArray feature) {
    NDArray boxFeature = bboxSubnet.forward(f, feature);
    return new Prediction(
        f.apply(clsScore, clsSubnet.forward(f, feature)),
        f.apply(bboxPred, boxFeature),
        centerness(f, boxFeature));
  }

  /** From what the subnet for boxes gives; null where the head says no such thing. */
  @Nullable NDArray centerness(Forward f, NDArray boxFeature) {
    return null;
  }
}
