package dev.millrace.components.modeling.proposal;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code StandardRPNHead}: 3x3 convolutions with ReLU, then two 1x1 convolutions,
 * shared by all levels.
 */
public final class StandardRpnHead extends RpnHead {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "Channels of the 3x3 convolutions, one entry each; -1: as many as come in; default [-1]")
          @Nullable List<Integer> convDims) {}

  private static final Initial SMALL = Initial.normal(0.01);

  private final List<Block> convs = new ArrayList<>();
  private final Block objectnessLogits;
  private final Block anchorDeltas;

  public StandardRpnHead(int inputChannels, int anchors, List<Integer> convDims) {
    for (int i = 0; i < convDims.size(); i++) {
      int channels = convDims.get(i) < 0 ? inputChannels : convDims.get(i);
      convs.add(
          add(convDims.size() == 1 ? "conv" : "conv.conv" + i, Layers.conv(channels, 3), SMALL));
    }
    objectnessLogits = add("objectness_logits", Layers.conv(anchors, 1), SMALL);
    anchorDeltas = add("anchor_deltas", Layers.conv(4 * anchors, 1), SMALL);
  }

  public static StandardRpnHead fromConfig(Args args, Build build) {
    List<Integer> dims = args.convDims() == null ? List.of(-1) : args.convDims();
    if (dims.stream().anyMatch(dim -> dim < 1 && dim != -1)) {
      throw build.mistake(
          "convDims",
          "expected -1, or 1 or more, each, found " + dims + ".",
          "Leave it out for [-1].");
    }
    return new StandardRpnHead(channels(build), anchors(build), dims);
  }

  /** All levels share the head, so they must have the same number of channels. */
  public static int channels(Build build) {
    List<Integer> channels =
        build.inputShape().entrySet().stream()
            .filter(e -> !e.getKey().equals(Rpn.ANCHORS))
            .map(e -> e.getValue().channels())
            .distinct()
            .toList();
    if (channels.size() != 1) {
      throw build.mistake(
          "name",
          "expected feature maps of the same number of channels, found " + build.inputShape() + ".",
          "Choose inFeatures that agree.");
    }
    return channels.get(0);
  }

  /** How many each cell has. */
  public static int anchors(Build build) {
    ShapeSpec anchors = build.inputShape().get(Rpn.ANCHORS);
    if (anchors == null) {
      throw new IllegalStateException(
          "the proposal generator did not say how many anchors there are");
    }
    return anchors.channels();
  }

  @Override
  public Prediction forward(Forward f, NDArray feature) {
    NDArray x = feature;
    for (Block conv : convs) {
      x = Activation.relu(f.apply(conv, x));
    }
    return new Prediction(f.apply(objectnessLogits, x), f.apply(anchorDeltas, x));
  }
}
