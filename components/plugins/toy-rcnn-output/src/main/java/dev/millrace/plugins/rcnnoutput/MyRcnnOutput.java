package dev.millrace.plugins.rcnnoutput;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.modeling.BoxLoss;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.RoiSamples;
import dev.millrace.components.supervision.Scalars;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The usual box predictor with another loss: focal loss (Lin et al., 2017) instead of cross
 * entropy, which counts what is easy for less.
 */
public final class MyRcnnOutput extends FastRcnnOutputLayers {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("How much less what is easy counts, default 2; 0: cross entropy")
          @Nullable Double gamma) {}

  private static final double TINY = 1e-6;

  private final double gamma;

  /**
   * @param classes K, the background not counted
   * @param gamma 0 or more
   */
  public MyRcnnOutput(int classes, double gamma) {
    super(classes, false, new BoxTransform(10, 10, 5, 5), 0.05f, 0.5f, 100, BoxLoss.STANDARD);
    this.gamma = gamma;
  }

  public static MyRcnnOutput fromConfig(Args args, Build build) {
    double gamma = args.gamma() == null ? 2 : args.gamma();
    if (!(gamma >= 0)) {
      throw build.mistake("gamma", "expected 0 or more, found " + gamma + ".", "2 is usual.");
    }
    return new MyRcnnOutput(build.classNames().size(), gamma);
  }

  @Override
  public Map<String, NDArray> losses(Predictions predictions, RoiSamples samples) {
    Map<String, NDArray> losses = new LinkedHashMap<>(super.losses(predictions, samples));
    losses.remove("loss_cls");
    losses.put("loss_cls_focal", focal(predictions.scores(), samples.classes()));
    return losses;
  }

  /**
   * The mean of {@code -(1 - p)^gamma log p} of the true class's probability.
   *
   * @param logits (M, K + 1)
   */
  private NDArray focal(NDArray logits, int[] classes) {
    if (classes.length == 0) {
      return logits.sum();
    }
    NDArray truth =
        logits
            .getManager()
            .create(IntStream.of(classes).asLongStream().toArray())
            .reshape(classes.length, 1);
    NDArray logP = logits.logSoftmax(-1).gather(truth, 1);
    NDArray wrong = logP.exp().neg().add((float) (1 + TINY)); // above 0, for the logarithm
    return Scalars.times(wrong.log(), gamma).exp().mul(logP).mean().neg();
  }
}
