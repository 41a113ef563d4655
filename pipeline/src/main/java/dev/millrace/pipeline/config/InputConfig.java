package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How pictures are varied while training: Detectron2's {@code INPUT} and {@code DATALOADER}. */
public record InputConfig(
    @JsonPropertyDescription(
            "Lengths of the short side, at most 2400, of which each picture gets one at random,"
                + " Detectron2's filter; default: the model's own preprocessor")
        @Nullable List<Integer> minSizeTrain,
    @JsonPropertyDescription("choice of these lengths, or any in the range of the two of them")
        @JsonProperty(defaultValue = "choice")
        Sampling minSizeTrainSampling,
    @JsonPropertyDescription("Longest that the long side may become")
        @JsonProperty(defaultValue = "1333")
        int maxSizeTrain,
    @JsonPropertyDescription("Mirrors every other picture, at random")
        @JsonProperty(defaultValue = "horizontal")
        Flip randomFlip,
    @JsonPropertyDescription(
            "Whether a batch holds pictures that lie, or pictures that stand, but not both")
        @JsonProperty(defaultValue = "true")
        boolean aspectRatioGrouping,
    @JsonPropertyDescription(
            "Whether what lies in a crowd, or in an object that need not be found, is left out;"
                + " false (default): it is background, as in Detectron2")
        @JsonProperty(defaultValue = "false")
        boolean ignoreCrowds,
    @JsonPropertyDescription(
            "Which keypoints change places in a mirrored picture, [[left, right], ...] as numbers"
                + " from 0; default: a person's as COCO numbers them, if there are 17")
        @Nullable List<List<Integer>> keypointFlipPairs,
    @JsonPropertyDescription("Threads that prepare pictures; default 1")
        @Nullable Integer numWorkers) {

  /** How a length is chosen. */
  public enum Sampling {
    CHOICE,
    RANGE
  }

  /** How pictures are mirrored. */
  public enum Flip {
    NONE,
    HORIZONTAL,
    VERTICAL
  }

  public InputConfig {
    if (minSizeTrain != null) {
      int most = Math.min(maxSizeTrain, ResizeShortestEdge.LONGEST_SHORT_SIDE);
      boolean range = minSizeTrainSampling == Sampling.RANGE;
      if (minSizeTrain.isEmpty()
          || (range && minSizeTrain.size() != 2)
          || minSizeTrain.stream().anyMatch(size -> size < 1 || size > most)) {
        throw new ConfigException(
            "minSizeTrain",
            "expected "
                + (range ? "two lengths" : "one length or more")
                + " from 1 to "
                + (most == maxSizeTrain ? "maxSizeTrain (" + most + ")" : most)
                + ", found "
                + minSizeTrain
                + ".",
            null);
      }
    }
    if (numWorkers != null && (numWorkers < 1 || numWorkers > 256)) {
      throw new ConfigException("numWorkers", "expected 1 to 256, found " + numWorkers + ".", null);
    }
  }
}
