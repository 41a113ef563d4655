package dev.millrace.components.modeling.semantic;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.GeneralizedRcnn;
import dev.millrace.components.modeling.NotTrainableException;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.ProposalGenerator;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.supervision.Supervision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code PanopticFPN} (Kirillov et al., 2019): R-CNN with masks, and beside it a class
 * for each pixel. The two are combined by {@code PanopticPostprocessor}.
 */
public final class PanopticFpn extends GeneralizedRcnn {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Image to feature maps") ComponentConfig<Backbone> backbone,
      @JsonPropertyDescription("Feature maps to boxes that may hold objects")
          ComponentConfig<ProposalGenerator> proposalGenerator,
      @JsonPropertyDescription("Boxes to classified, refined objects with masks")
          ComponentConfig<RoiHeads> roiHeads,
      @JsonPropertyDescription("Feature maps to a class for each pixel")
          ComponentConfig<SemSegHead> semSegHead,
      @JsonPropertyDescription("Mean of each channel, blue first; default Detectron2's")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel, blue first; default 1")
          @Nullable List<Double> pixelStd) {}

  private final SemSegHead semSegHead;

  public PanopticFpn(
      Backbone backbone,
      ProposalGenerator proposalGenerator,
      RoiHeads roiHeads,
      SemSegHead semSegHead,
      PixelNormalization normalization) {
    super(backbone, proposalGenerator, roiHeads, normalization);
    this.semSegHead = add("sem_seg_head", semSegHead);
  }

  public static PanopticFpn fromConfig(Args args, Build build) {
    Backbone backbone =
        build.component(Backbone.class, args.backbone(), Map.of("image", new ShapeSpec(3, 1)));
    Map<String, ShapeSpec> features = backbone.outputShape();
    return new PanopticFpn(
        backbone,
        build.component(ProposalGenerator.class, args.proposalGenerator(), features),
        build.component(RoiHeads.class, args.roiHeads(), features),
        build.component(SemSegHead.class, args.semSegHead(), features),
        PixelNormalization.of(build, args.pixelMean(), args.pixelStd()));
  }

  @Override
  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>(super.stages());
    stages.add(semSegHead.stage());
    return stages;
  }

  /** Ground truth says nothing of pixels, so half of the network would learn nothing. */
  @Override
  public void train(Forward f, NDArray pixels, NDArray sizes, Supervision supervision) {
    throw new NotTrainableException(
        "PanopticFpn cannot be trained: no dataset says what every pixel is");
  }
}
