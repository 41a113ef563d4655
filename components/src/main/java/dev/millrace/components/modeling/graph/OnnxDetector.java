package dev.millrace.components.modeling.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ComponentFile;
import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.supervision.Scalars;
import dev.millrace.components.trace.OnnxFile;
import dev.millrace.components.trace.VisionOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A detector that is an ONNX file as a whole: (1) pixels to what the graph takes, (2) the graph,
 * (3) what it gives to objects. All three are one segment.
 */
public final class OnnxDetector extends MetaArchitecture {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "The ONNX file, relative to the file that names it, or a file name looked up in MILLRACE_WEIGHTS")
          @Nullable String file,
      @JsonPropertyDescription("https address to fetch it from when no folder has it")
          @Nullable String url,
      @JsonPropertyDescription("SHA-256 of the file in hex; required") @Nullable String sha256,
      @JsonPropertyDescription("The graph's input for the image; default its only one")
          @Nullable String input,
      @JsonPropertyDescription("What the graph gives to boxes, scores and classes")
          ComponentConfig<DetectionDecoder> decoder,
      @JsonPropertyDescription(
              "Height and width that images are padded to; default what the file fixes, else multiples of sizeDivisibility")
          @Nullable List<Integer> inputSize,
      @JsonPropertyDescription("Where there is no inputSize, default 32")
          @Nullable Integer sizeDivisibility,
      @JsonPropertyDescription("Level 0 to 255 of padding, default 114") @Nullable Double padValue,
      @JsonPropertyDescription("bgr (default) or rgb: the order of the graph's channels")
          @Nullable String channelOrder,
      @JsonPropertyDescription("Mean of each channel in the graph's order, default 0")
          @Nullable List<Double> pixelMean,
      @JsonPropertyDescription("Divisor of each channel in the graph's order, default 1")
          @Nullable List<Double> pixelStd,
      @JsonPropertyDescription("Detections must score above this, default 0.05")
          @Nullable Double scoreThresh,
      @JsonPropertyDescription("IoU above which the lower score of a class goes, default 0.5")
          @Nullable Double nmsThresh,
      @JsonPropertyDescription("Detections of each image, default 100")
          @Nullable Integer maxDetections,
      @JsonPropertyDescription(
              "The graph takes one image at a time: those of a batch go through it one by one; default false")
          @Nullable Boolean oneByOne) {}

  /**
   * What the graph takes.
   *
   * @param height of every image, or 0 where it follows from the image
   * @param width likewise
   * @param divisibility where height and width are 0
   * @param padValue 0 to 255
   * @param rgb red first
   * @param mean of each channel, in that order
   * @param std likewise
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Input(
      int height,
      int width,
      int divisibility,
      float padValue,
      boolean rgb,
      float[] mean,
      float[] std) {}

  private static final String IMAGE = "image";
  private static final String GIVEN = "graph.";

  private final ImportedGraph graph;
  private final Map<String, OnnxFile.Port> outputs;
  private final DetectionDecoder decoder;
  private final Input input;
  private final Selection selection;

  /**
   * @param graph made for what the decoder reads
   * @param outputs what the file says of its outputs
   */
  public OnnxDetector(
      ImportedGraph graph,
      Map<String, OnnxFile.Port> outputs,
      DetectionDecoder decoder,
      Input input,
      Selection selection) {
    this.graph = graph;
    this.outputs = Map.copyOf(outputs);
    this.decoder = decoder;
    this.input = input;
    this.selection = selection;
    bring(graph.weights(), graph.sha256());
  }

  public static OnnxDetector fromConfig(Args args, Build build) {
    DetectionDecoder decoder = build.component(DetectionDecoder.class, args.decoder(), Map.of());
    Selection selection =
        new Selection(
            (float) number(build, "scoreThresh", args.scoreThresh(), 0.05, 1),
            (float) number(build, "nmsThresh", args.nmsThresh(), 0.5, 1),
            positive(build, "maxDetections", args.maxDetections(), 100));
    ComponentFile file = build.file(args.file(), args.url(), args.sha256(), false);
    OnnxFile onnx = GraphFiles.onnx(build, file);
    OnnxFile.Port image = GraphFiles.checked(build, "input", file, () -> onnx.image(args.input()));
    Input input = input(args, build, image);
    Map<String, Shape> read;
    try {
      read =
          decoder.reads(
              onnx.outputs(),
              new DetectionDecoder.Images(
                  1, Math.max(input.height(), 1), Math.max(input.width(), 1)));
    } catch (IllegalArgumentException e) {
      throw build.mistake(
          "decoder", e.getMessage() + ".", "'millrace components' lists the decoders.");
    }
    return new OnnxDetector(
        new ImportedGraph(
            GraphFiles.checked(
                build, "decoder", file, () -> onnx.graph(args.input(), read.keySet())),
            file.sha256(),
            Boolean.TRUE.equals(args.oneByOne()),
            build.path()),
        onnx.outputs(),
        decoder,
        input,
        selection);
  }

  private static Input input(Args args, Build build, OnnxFile.Port image) {
    int height = (int) Math.max(0, image.dim(2));
    int width = (int) Math.max(0, image.dim(3));
    List<Integer> size = args.inputSize();
    if (size != null) {
      if (size.size() != 2 || size.stream().anyMatch(s -> s < 1 || s > 4096)) {
        throw build.mistake(
            "inputSize",
            "expected height and width from 1 to 4096, found " + size + ".",
            "Leave it out for what the file fixes.");
      }
      height = size.get(0);
      width = size.get(1);
    }
    if ((height == 0) != (width == 0)) {
      throw build.mistake(
          "inputSize", "the file fixes one of height and width only.", "Say both here.");
    }
    String order = args.channelOrder() == null ? "bgr" : args.channelOrder();
    if (!order.equals("bgr") && !order.equals("rgb")) {
      throw build.mistake(
          "channelOrder", "expected bgr or rgb, found '" + order + "'.", "Leave it out for bgr.");
    }
    return new Input(
        height,
        width,
        positive(build, "sizeDivisibility", args.sizeDivisibility(), 32),
        (float) number(build, "padValue", args.padValue(), 114, 255),
        order.equals("rgb"),
        channels(build, "pixelMean", args.pixelMean(), 0),
        channels(build, "pixelStd", args.pixelStd(), 1));
  }

  private static double number(
      Build build, String key, @Nullable Double given, double standard, double most) {
    double value = given == null ? standard : given;
    if (!(value >= 0 && value <= most)) {
      throw build.mistake(
          key,
          "expected 0 to " + (int) most + ", found " + value + ".",
          "Leave it out for " + standard + ".");
    }
    return value;
  }

  private static int positive(Build build, String key, @Nullable Integer given, int standard) {
    int value = given == null ? standard : given;
    if (value < 1) {
      throw build.mistake(
          key, "expected 1 or more, found " + value + ".", "Leave it out for " + standard + ".");
    }
    return value;
  }

  private static float[] channels(
      Build build, String key, @Nullable List<Double> given, float standard) {
    if (given == null) {
      return new float[] {standard, standard, standard};
    }
    if (given.size() != 3 || (key.equals("pixelStd") && given.stream().anyMatch(v -> v <= 0))) {
      throw build.mistake(
          key,
          "expected three numbers (a divisor above 0), found " + given + ".",
          "Give one for each channel, in channelOrder.");
    }
    return new float[] {
      given.get(0).floatValue(), given.get(1).floatValue(), given.get(2).floatValue()
    };
  }

  /** A graph of fixed size pads by itself: its images come in all sizes up to that. */
  @Override
  public int sizeDivisibility() {
    return input.height() > 0 ? 1 : input.divisibility();
  }

  @Override
  public List<Stage> stages() {
    return List.of(
        new Stage("prepare", "OnnxDetector", this::prepare),
        new Stage("graph", "OnnxDetector", this::run),
        new Stage("decoder", decoder.getClass().getSimpleName(), this::decode));
  }

  /** Pads to the graph's size, fills what lies outside each image, normalises. */
  private void prepare(Forward f, Values values) {
    NDArray pixels = values.get(PIXELS);
    NDArray sizes = values.get(SIZES);
    NDManager manager = f.manager();
    NDArray image = padded(pixels.toType(DataType.FLOAT32, false));
    NDArray inside = PixelNormalization.inside(manager, image.getShape(), sizes);
    image = image.mul(inside).add(Scalars.times(inside.sub(1f), -input.padValue()));
    if (input.rgb()) {
      image =
          VisionOps.concat(
              new NDList(
                  image.get(":, 2:3, :, :"), image.get(":, 1:2, :, :"), image.get(":, 0:1, :, :")),
              1);
    }
    Shape channel = new Shape(1, 3, 1, 1);
    values.put(
        IMAGE,
        image.sub(manager.create(input.mean(), channel)).div(manager.create(input.std(), channel)));
  }

  private NDArray padded(NDArray image) {
    if (input.height() == 0) {
      return image;
    }
    long height = image.getShape().get(2);
    long width = image.getShape().get(3);
    if (height > input.height() || width > input.width()) {
      throw new ConfigException(
          "model.preprocessor",
          "an image of "
              + width
              + " x "
              + height
              + " is larger than what the graph takes, "
              + input.width()
              + " x "
              + input.height()
              + ".",
          "Use {name: LetterboxResize, height: "
              + input.height()
              + ", width: "
              + input.width()
              + "}.");
    }
    return image.pad(new Shape(0, input.width() - width, 0, input.height() - height), 0);
  }

  private void run(Forward f, Values values) {
    NDArray image = values.get(IMAGE);
    graph
        .run(f, image, decoder.reads(outputs, images(image)))
        .forEach((name, array) -> values.put(GIVEN + name, array));
  }

  private void decode(Forward f, Values values) {
    NDArray image = values.get(IMAGE);
    Map<String, NDArray> read = new LinkedHashMap<>();
    decoder
        .reads(outputs, images(image))
        .keySet()
        .forEach(name -> read.put(name, values.get(GIVEN + name)));
    decoder.decode(f, read, images(image), selection).writeTo(values);
  }

  private static DetectionDecoder.Images images(NDArray image) {
    Shape shape = image.getShape();
    return new DetectionDecoder.Images(shape.get(0), shape.get(2), shape.get(3));
  }
}
