package dev.millrace.components.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.DenseArray;
import dev.millrace.components.modeling.DenseInstances;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A model that can run: its plan's parts between a preprocessor and a postprocessor. Confined to
 * its lane's thread.
 */
final class LoadedModel implements Detector {

  /** Names of the values that a model is run for. */
  static final Predicate<String> RESULTS =
      name -> Instances.has(name) || name.startsWith(MetaArchitecture.MAPS);

  private final Preprocessor preprocessor;
  private final MetaArchitecture architecture;
  private final Postprocessor postprocessor;
  private final List<ModelConfig.ObjectClass> classes;
  private final SharedParts parts;
  private final Map<ComponentBuilder.Key, Object> components;
  private final String weightsHash;
  private final BatchBuffer buffer = new BatchBuffer();
  private boolean closed;

  LoadedModel(
      Preprocessor preprocessor,
      MetaArchitecture architecture,
      Postprocessor postprocessor,
      List<ModelConfig.ObjectClass> classes,
      SharedParts parts,
      Map<ComponentBuilder.Key, Object> components,
      String weightsHash) {
    this.preprocessor = preprocessor;
    this.architecture = architecture;
    this.postprocessor = postprocessor;
    this.classes = classes;
    this.parts = parts;
    this.components = components;
    this.weightsHash = weightsHash;
  }

  MetaArchitecture architecture() {
    return architecture;
  }

  SharedParts parts() {
    return parts;
  }

  Map<ComponentBuilder.Key, Object> components() {
    return components;
  }

  @Override
  public String weightsHash() {
    return weightsHash;
  }

  @Override
  public Preprocessor preprocessor() {
    return preprocessor;
  }

  @Override
  public List<Detections> infer(List<InputImage> images) {
    ImageBatch batch = batch(images);
    return postprocessor.postprocess(run(parts, batch), batch, classes);
  }

  ImageBatch batch(List<InputImage> images) {
    return buffer.fill(images, architecture.sizeDivisibility());
  }

  static DenseInstances run(SharedParts parts, ImageBatch batch) {
    int n = batch.images();
    float[] sizes = new float[2 * n];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = batch.sizes()[i];
    }
    Map<String, HostArray> arrays = new LinkedHashMap<>();
    arrays.put(
        MetaArchitecture.PIXELS,
        new HostArray(
            DataType.UINT8, new Shape(n, 3, batch.height(), batch.width()), batch.pixels()));
    arrays.put(MetaArchitecture.SIZES, HostArray.floats(sizes, new Shape(n, 2)));
    try {
      for (Part part : parts.list()) {
        arrays.putAll(part.run(arrays));
      }
    } catch (RuntimeException e) {
      throw DeviceFaults.explained(e);
    }
    return dense(n, arrays);
  }

  static DenseInstances dense(int n, Map<String, HostArray> arrays) {
    Map<String, DenseArray> maps = under(MetaArchitecture.MAPS, arrays);
    if (!arrays.containsKey(Instances.BOXES) && !maps.isEmpty()) { // it looks for no objects
      return new DenseInstances(
          n, 0, new float[0], new float[0], new long[0], new int[n], Map.of(), maps);
    }
    HostArray boxes = result(arrays, Instances.BOXES);
    float[] counts = result(arrays, Instances.COUNTS).floats();
    int[] count = new int[n];
    for (int i = 0; i < n; i++) {
      count[i] = (int) counts[i];
    }
    return new DenseInstances(
        n,
        Math.toIntExact(boxes.shape().get(1)),
        boxes.floats(),
        result(arrays, Instances.SCORES).floats(),
        result(arrays, Instances.CLASSES).longs(),
        count,
        under(Instances.FIELDS, arrays),
        maps);
  }

  private static Map<String, DenseArray> under(String prefix, Map<String, HostArray> arrays) {
    Map<String, DenseArray> found = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            found.put(
                name.substring(prefix.length()),
                new DenseArray(array.shape().getShape(), array.floats()));
          }
        });
    return found;
  }

  private static HostArray result(Map<String, HostArray> arrays, String name) {
    HostArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalStateException("no stage gave " + name);
    }
    return array;
  }

  @Override
  public String plan() {
    StringBuilder text = new StringBuilder();
    int number = 1;
    for (Part part : parts.list()) {
      String lead = String.format("%2d  ", number++);
      for (String line : part.describe()) {
        text.append(lead).append(line).append('\n');
        lead = "    ";
      }
    }
    return text.toString();
  }

  @Override
  public long nativeBytes() {
    return parts.weights().bytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      parts.release();
    }
  }
}
