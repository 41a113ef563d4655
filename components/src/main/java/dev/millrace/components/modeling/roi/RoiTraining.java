package dev.millrace.components.modeling.roi;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.supervision.Boxes;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.LabelSampler;
import dev.millrace.components.supervision.Matcher;
import dev.millrace.components.supervision.Shuffle;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which proposals ROI heads learn from: Detectron2's {@code label_and_sample_proposals}.
 *
 * @param proposalMatcher which proposals answer for which object
 * @param sampler which of them count
 * @param proposalAppendGt the objects' own boxes are proposals too
 */
public record RoiTraining(Matcher proposalMatcher, LabelSampler sampler, boolean proposalAppendGt) {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Proposals of each image that count, default 512")
          @Nullable Integer batchSizePerImage,
      @JsonPropertyDescription("Share of them that may be objects, default 0.25")
          @Nullable Double positiveFraction,
      @JsonPropertyDescription("IoU from which on a proposal is an object, default 0.5")
          @Nullable Double iouThreshold,
      @JsonPropertyDescription("Whether the objects' own boxes are proposals too, default true")
          @Nullable Boolean proposalAppendGt) {}

  /** What Detectron2's configurations say unless they say otherwise. */
  public static final RoiTraining STANDARD =
      new RoiTraining(
          new Matcher(List.of(0.5), List.of(0, 1), false), new LabelSampler(512, 0.25), true);

  /**
   * The proposals of one image and what they are to be told.
   *
   * @param boxes the proposals and, if asked for, the objects' own boxes, 4 numbers each
   * @param objects the best object of each
   * @param classes its class; the background's where there is none; -1: ignored
   */
  @SuppressWarnings("ArrayRecordComponent") // lives for one step
  public record Labelled(float[] boxes, int[] objects, int[] classes) {

    /** The boxes of the objects that some of them answer for; zeros where there is no object. */
    public float[] trueBoxes(GroundTruth truth, int[] rows) {
      float[] boxes = new float[4 * rows.length];
      return truth.objects() == 0
          ? boxes
          : Boxes.pick(truth.boxes(), IntStream.of(rows).map(i -> objects[i]).toArray());
    }
  }

  /**
   * @param args what the configuration says under {@code training}; null: {@link #STANDARD}
   */
  public static RoiTraining fromConfig(@Nullable Args args, Build build) {
    if (args == null) {
      return STANDARD;
    }
    try {
      double threshold = args.iouThreshold() == null ? 0.5 : args.iouThreshold();
      return new RoiTraining(
          new Matcher(List.of(threshold), List.of(0, 1), false),
          new LabelSampler(
              args.batchSizePerImage() == null ? 512 : args.batchSizePerImage(),
              args.positiveFraction() == null ? 0.25 : args.positiveFraction()),
          !Boolean.FALSE.equals(args.proposalAppendGt()));
    } catch (IllegalArgumentException e) {
      throw build.mistake("training", e.getMessage() + ".", "Leave out what need not differ.");
    }
  }

  /**
   * Labels the proposals of one image.
   *
   * @param background the class of those that are none
   */
  public Labelled label(float[] proposals, GroundTruth truth, int background) {
    float[] boxes = proposals;
    if (proposalAppendGt) {
      boxes = Arrays.copyOf(proposals, proposals.length + truth.boxes().length);
      System.arraycopy(truth.boxes(), 0, boxes, proposals.length, truth.boxes().length);
    }
    Matcher.Matches matches = proposalMatcher.match(truth.boxes(), boxes);
    int[] classes = new int[matches.labels().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] =
          switch (matches.labels()[i]) {
            case 1 -> truth.classes()[matches.objects()[i]];
            case 0 -> background;
            default -> -1;
          };
    }
    return new Labelled(boxes, matches.objects(), truth.withoutIgnored(classes, boxes, background));
  }

  /** The rows that count, objects first. */
  public LabelSampler.Sample sample(Labelled labelled, int background, Shuffle shuffle) {
    return sampler.sample(labelled.classes(), background, shuffle);
  }
}
