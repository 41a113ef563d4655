package dev.millrace.components.modeling.graph;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.Build;
import dev.millrace.components.ComponentFile;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.checkpoint.Sha256;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A backbone that is a TorchScript file: {@code forward} takes an image (N, 3, H, W), as the
 * meta-architecture normalises it, and gives a tensor, a tuple or a list of them, or a dictionary
 * from names to them. PyTorch interprets it, so its stage is an eager part of its own, on the CPU;
 * the others remain compiled. It cannot be trained.
 *
 * <p>The file is a program. Whoever may load it may do what this process may; so the environment
 * must allow it and the configuration must say its hash.
 */
public final class TorchScriptBackbone extends Backbone {

  /** What a configuration says of it. */
  public record Args(
      @JsonPropertyDescription(
              "The TorchScript file, relative to the file that names it, or a file name looked up in MILLRACE_WEIGHTS; MILLRACE_TRUST_CODE=true must be set")
          @Nullable String file,
      @JsonPropertyDescription("https address to fetch it from when no folder has it")
          @Nullable String url,
      @JsonPropertyDescription("SHA-256 of the file in hex; required") @Nullable String sha256,
      @JsonPropertyDescription(
              "Feature maps by name: keys of the dictionary, or positions in the tuple from '0' on; '0' as well where it gives one tensor")
          Map<String, GraphOutput> outputs,
      @JsonPropertyDescription(
              "Images are padded to multiples of this; default what the strides need")
          @Nullable Integer sizeDivisibility) {}

  private final byte[] file;
  private final Map<String, GraphOutput> outputs;
  private final int sizeDivisibility;
  private final String where;

  /**
   * @param file a TorchScript archive whose code may be run; not to be changed afterwards
   * @param outputs by feature name
   * @param sizeDivisibility a multiple of every stride
   * @param where it is named, for messages: a path in the YAML
   */
  public TorchScriptBackbone(
      byte[] file, Map<String, GraphOutput> outputs, int sizeDivisibility, String where) {
    this.where = where;
    this.file = file;
    this.outputs = new LinkedHashMap<>(outputs);
    this.sizeDivisibility = sizeDivisibility;
    bring(Map.of(), Sha256.of(file));
  }

  public static TorchScriptBackbone fromConfig(Args args, Build build) {
    Map<String, GraphOutput> outputs = GraphOutput.checked(build, args.outputs());
    int divisibility = GraphOutput.divisibility(build, args.sizeDivisibility(), outputs);
    ComponentFile file = build.file(args.file(), args.url(), args.sha256(), true);
    return new TorchScriptBackbone(
        GraphFiles.bytes(build, file), outputs, divisibility, build.path());
  }

  @Override
  public FeatureMaps forward(Forward f, NDArray image) {
    Forward.Keeper keeper = f.keeper();
    if (keeper == null) {
      throw new UnsupportedOperationException(
          f.training()
              ? "a TorchScript file cannot be trained"
              : "PyTorch's interpreter of TorchScript, which has no traced form,");
    }
    Model module = (Model) keeper.keep(this, this::load);
    NDList given =
        module
            .getBlock()
            .forward(new ParameterStore(image.getManager(), false), new NDList(image), false);
    Map<String, NDArray> maps = new LinkedHashMap<>();
    outputs.forEach(
        (feature, output) -> maps.put(feature, map(given, feature, output, image.getShape())));
    return new FeatureMaps(maps);
  }

  private Model load() {
    Model module = Model.newInstance("torchscript", Device.cpu(), "PyTorch");
    boolean complete = false;
    try {
      module.load(new ByteArrayInputStream(file));
      complete = true;
      return module;
    } catch (IOException | MalformedModelException | EngineException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ConfigException(
          where + ".file",
          "PyTorch cannot load the TorchScript file: " + reason.replaceFirst("\\.*$", "") + ".",
          "Save it again with torch.jit.save, of a module that needs nothing but PyTorch.");
    } finally {
      if (!complete) {
        module.close();
      }
    }
  }

  private NDArray map(NDList given, String feature, GraphOutput output, Shape image) {
    String name = output.named(feature);
    NDArray map = null;
    if (name.matches("[0-9]{1,3}")) {
      int position = Integer.parseInt(name);
      map = position < given.size() ? given.get(position) : null;
    } else {
      for (NDArray each : given) {
        map = name.equals(each.getName()) ? each : map;
      }
    }
    if (map == null) {
      List<String> names = given.stream().map(each -> String.valueOf(each.getName())).toList();
      throw new ConfigException(
          where + ".outputs",
          "the TorchScript file gives no '"
              + name
              + "', but "
              + given.size()
              + " tensors: "
              + names
              + ".",
          "Name one of these, or its position.");
    }
    Shape expected =
        new Shape(
            image.get(0),
            output.channels(),
            image.get(2) / output.stride(),
            image.get(3) / output.stride());
    if (!map.getShape().equals(expected)) {
      throw new ConfigException(
          where + ".outputs",
          "'"
              + name
              + "' of the TorchScript file has the shape "
              + map.getShape()
              + ", expected "
              + expected
              + ".",
          "Correct its stride and channels.");
    }
    return map;
  }

  @Override
  public Map<String, ShapeSpec> outputShape() {
    return GraphOutput.specs(outputs);
  }

  @Override
  public int sizeDivisibility() {
    return sizeDivisibility;
  }
}
