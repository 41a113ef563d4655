package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.supervision.Supervision;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Detectron2's {@code GeneralizedRCNN}: (1) an image to feature maps, (2) feature maps to
 * proposals, (3) feature maps and proposals to objects.
 */
public final class GeneralizedRcnn extends MetaArchitecture {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription("Image to feature maps") ComponentConfig<Backbone> backbone,
      @JsonPropertyDescription("Feature maps to boxes that may hold objects")
          ComponentConfig<ProposalGenerator> proposalGenerator,
      @JsonPropertyDescription("Boxes to classified, refined objects")
          ComponentConfig<RoiHeads> roiHeads,
      @JsonPropertyDescription("Mean of each channel, blue first; default Detectron2's")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel, blue first; default 1")
          @Nullable List<Double> pixelStd) {}

  private final Backbone backbone;
  private final ProposalGenerator proposalGenerator;
  private final RoiHeads roiHeads;
  private final float[] pixelMean;
  private final float[] pixelStd;

  /**
   * @param pixelMean of blue, green, red, in levels 0 to 255
   * @param pixelStd divides what is left
   */
  public GeneralizedRcnn(
      Backbone backbone,
      ProposalGenerator proposalGenerator,
      RoiHeads roiHeads,
      float[] pixelMean,
      float[] pixelStd) {
    this.backbone = add("backbone", backbone);
    this.proposalGenerator = add("proposal_generator", proposalGenerator);
    this.roiHeads = add("roi_heads", roiHeads);
    this.pixelMean = pixelMean.clone();
    this.pixelStd = pixelStd.clone();
    buffer("pixel_mean");
    buffer("pixel_std");
  }

  public static GeneralizedRcnn fromConfig(Args args, Build build) {
    Backbone backbone =
        build.component(Backbone.class, args.backbone(), Map.of("image", new ShapeSpec(3, 1)));
    Map<String, ShapeSpec> features = backbone.outputShape();
    return new GeneralizedRcnn(
        backbone,
        build.component(ProposalGenerator.class, args.proposalGenerator(), features),
        build.component(RoiHeads.class, args.roiHeads(), features),
        channels(build, "pixelMean", args.pixelMean(), List.of(103.53, 116.28, 123.675)),
        channels(build, "pixelStd", args.pixelStd(), List.of(1.0, 1.0, 1.0)));
  }

  private static float[] channels(
      Build build, String key, @Nullable List<Double> given, List<Double> standard) {
    List<Double> values = given == null ? standard : given;
    if (values.size() != 3 || (key.equals("pixelStd") && values.stream().anyMatch(v -> v <= 0))) {
      throw build.mistake(
          key,
          "expected three numbers (a divisor above 0), found " + values + ".",
          "Give blue, green, red.");
    }
    return new float[] {
      values.get(0).floatValue(), values.get(1).floatValue(), values.get(2).floatValue()
    };
  }

  @Override
  public int sizeDivisibility() {
    return backbone.sizeDivisibility();
  }

  @Override
  public List<Stage> stages() {
    return List.of(
        new Stage(
            "normalize",
            "GeneralizedRcnn",
            (f, values) ->
                values.put("image", normalize(f, values.get(PIXELS), values.get(SIZES)))),
        new Stage(
            "backbone",
            backbone.getClass().getSimpleName(),
            (f, values) -> backbone.forward(f, values.get("image")).writeTo(values)),
        new Stage(
            "proposal_generator",
            proposalGenerator.getClass().getSimpleName(),
            (f, values) ->
                proposalGenerator
                    .forward(f, FeatureMaps.of(values), values.get(SIZES))
                    .writeTo(values)),
        new Stage(
            "roi_heads",
            roiHeads.getClass().getSimpleName(),
            (f, values) ->
                roiHeads
                    .forward(f, FeatureMaps.of(values), Proposals.of(values), values.get(SIZES))
                    .writeTo(values)));
  }

  @Override
  public void train(Forward f, NDArray pixels, NDArray sizes, Supervision supervision) {
    FeatureMaps features = backbone.forward(f, normalize(f, pixels, sizes));
    Proposals proposals = proposalGenerator.train(f, features, sizes, supervision);
    roiHeads.train(f, features, proposals, supervision);
  }

  /**
   * Subtracts the mean, divides, and makes the padding zero, as {@code preprocess_image} and {@code
   * ImageList} do.
   */
  private NDArray normalize(Forward f, NDArray pixels, NDArray sizes) {
    NDManager manager = f.manager();
    NDArray image =
        pixels
            .toType(DataType.FLOAT32, false)
            .sub(manager.create(pixelMean, new Shape(1, 3, 1, 1)))
            .div(manager.create(pixelStd, new Shape(1, 3, 1, 1)));
    long height = pixels.getShape().get(2);
    long width = pixels.getShape().get(3);
    NDArray rows = manager.arange(0f, height, 1f, DataType.FLOAT32).reshape(1, 1, height, 1);
    NDArray columns = manager.arange(0f, width, 1f, DataType.FLOAT32).reshape(1, 1, 1, width);
    NDArray inside =
        rows.lt(sizes.get(":, 0:1").reshape(-1, 1, 1, 1))
            .toType(DataType.FLOAT32, false)
            .mul(
                columns
                    .lt(sizes.get(":, 1:2").reshape(-1, 1, 1, 1))
                    .toType(DataType.FLOAT32, false));
    return image.mul(inside);
  }
}
