package dev.millrace.components.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.supervision.GroundTruth;
import dev.millrace.components.supervision.Shuffle;
import dev.millrace.components.supervision.Supervision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A network whose parameters' values change. Owns them as arrays of the PyTorch engine, until it is
 * closed. Confined to one thread.
 */
public final class TrainableModel implements AutoCloseable {

  private final MetaArchitecture architecture;
  private final NDManager manager;
  private final Map<String, Parameter> parameters;
  private final Map<Parameter, NDArray> values = new HashMap<>();
  private final Map<String, NDArray> trainable = new LinkedHashMap<>();
  private final Set<Parameter> learns = new HashSet<>();
  private final Map<String, Double> averages = new LinkedHashMap<>();

  /**
   * @param architecture whose parameters' shapes are known: it was run or traced once
   * @param initial a value for each parameter
   * @param frozen names that training does not change, beside those that never learn (running
   *     statistics, frozen normalisation)
   * @param pyTorch the engine
   * @param device of the values and of all that is computed
   */
  public TrainableModel(
      MetaArchitecture architecture,
      Map<String, Tensor> initial,
      Predicate<String> frozen,
      Engine pyTorch,
      Device device) {
    this.architecture = architecture;
    this.manager = pyTorch.newBaseManager(device);
    this.parameters = architecture.parameters();
    Set<Parameter> able = architecture.learning();
    parameters.forEach(
        (name, parameter) -> {
          Tensor start = initial.get(name);
          if (start == null) {
            throw new IllegalArgumentException("no value for the parameter " + name);
          }
          NDArray value = manager.create(start.floats(), new Shape(start.shape()));
          values.put(parameter, value);
          if (able.contains(parameter) && !frozen.test(name)) {
            trainable.put(name, value);
            learns.add(parameter);
          }
        });
  }

  /**
   * What one pass found. The gradients live until it is closed.
   *
   * @param losses by name
   * @param gradients of the sum of the losses, by the names of the parameters that learn
   */
  public record Gradients(
      Map<String, Float> losses, Map<String, NDArray> gradients, NDManager manager)
      implements AutoCloseable {

    /** The sum of the losses. */
    public float total() {
      float sum = 0;
      for (float loss : losses.values()) {
        sum += loss;
      }
      return sum;
    }

    /** Which parameters have a gradient of zeros only, in the order of the architecture. */
    public List<String> unreached() {
      List<String> names = new ArrayList<>();
      gradients.forEach(
          (name, gradient) -> {
            try (NDManager here = manager.newSubManager()) {
              NDArray size = gradient.abs();
              size.attach(here);
              NDArray largest = size.max();
              largest.attach(here);
              if (largest.getFloat() == 0) {
                names.add(name);
              }
            }
          });
      return names;
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  /**
   * Runs a batch forwards and backwards; changes no value but running statistics and averages.
   *
   * @param truth of each image, in pixels of the batch
   */
  public Gradients gradients(ImageBatch batch, List<GroundTruth> truth, Shuffle shuffle) {
    NDManager step = manager.newSubManager();
    Leaves leaves = new Leaves(step);
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      int n = batch.images();
      NDArray pixels =
          step.create(
              batch.pixels().duplicate(),
              new Shape(n, 3, batch.height(), batch.width()),
              DataType.UINT8);
      float[] sizes = new float[2 * n];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = batch.sizes()[i];
      }
      Supervision supervision = new Supervision(truth, sizes, shuffle, averages);
      architecture.train(
          new Forward(step, leaves, learns::contains),
          channelsLast(pixels),
          step.create(sizes, new Shape(n, 2)),
          supervision);
      NDArray total = null;
      Map<String, Float> losses = new LinkedHashMap<>();
      for (Map.Entry<String, NDArray> loss : supervision.losses().entrySet()) {
        losses.put(loss.getKey(), loss.getValue().getFloat());
        total = total == null ? loss.getValue() : total.add(loss.getValue());
      }
      if (total == null) {
        throw new IllegalStateException("no part of the network has a loss");
      }
      collector.backward(total);
      return new Gradients(losses, leaves.gradients(), step);
    } catch (RuntimeException e) {
      step.close();
      throw e;
    }
  }

  /**
   * The same array with the channels of a pixel side by side in memory: PyTorch's convolutions keep
   * that order from layer to layer, and on a CPU need not bring every map into it and back.
   */
  private static NDArray channelsLast(NDArray images) {
    Shape shape = images.getShape();
    return images
        .transpose(0, 2, 3, 1)
        .reshape(shape.size())
        .reshape(shape.get(0), shape.get(2), shape.get(3), shape.get(1))
        .transpose(0, 3, 1, 2);
  }

  /** Values that learn, by name: the optimiser changes them in place. */
  Map<String, NDArray> trainable() {
    return trainable;
  }

  /** Copies of all values by name, in the order of the architecture. */
  public Map<String, Tensor> values() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    parameters.forEach(
        (name, parameter) -> {
          NDArray value = array(parameter);
          copies.put(name, Tensor.of(value.toFloatArray(), value.getShape().getShape()));
        });
    return copies;
  }

  /** What losses remember from step to step, by {@link Supervision#average}'s names. */
  public Map<String, Double> averages() {
    return Map.copyOf(averages);
  }

  /** Goes on from {@link #averages()} of another run. */
  public void restoreAverages(Map<String, Double> earlier) {
    averages.clear();
    averages.putAll(earlier);
  }

  private NDArray array(Parameter parameter) {
    NDArray value = values.get(parameter);
    if (value == null) {
      throw new IllegalStateException("no value for the parameter " + parameter.getName());
    }
    return value;
  }

  @Override
  public void close() {
    manager.close();
  }

  /**
   * Of each value that learns one alias for each step, which has a gradient: the value itself never
   * has one, so it may be changed in place, and nothing outlives the step.
   */
  private final class Leaves extends ParameterStore {

    private final NDManager step;
    private final Map<Parameter, NDArray> leaves = new HashMap<>();

    Leaves(NDManager step) {
      super(step, false);
      this.step = step;
    }

    @Override
    @SuppressWarnings("NullAway") // DJL asks for optional parameters, which may be null
    public NDArray getValue(@Nullable Parameter parameter, Device device, boolean training) {
      return parameter == null ? null : leaves.computeIfAbsent(parameter, this::leaf);
    }

    private NDArray leaf(Parameter parameter) {
      NDArray value = array(parameter);
      if (!learns.contains(parameter)) {
        return value;
      }
      NDArray leaf = value.stopGradient();
      leaf.attach(step);
      leaf.setRequiresGradient(true);
      return leaf;
    }

    Map<String, NDArray> gradients() {
      Map<String, NDArray> gradients = new LinkedHashMap<>();
      for (String name : trainable.keySet()) {
        NDArray leaf = leaves.get(parameters.get(name));
        if (leaf != null) {
          NDArray gradient = leaf.getGradient();
          gradient.attach(step);
          gradients.put(name, gradient);
        }
      }
      return gradients;
    }
  }
}
