package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.passthrough.PassthroughNDArray;
import ai.djl.util.passthrough.PassthroughNDManager;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass: where new arrays are made and where the parameters' values are. The same
 * component runs eagerly or is traced, depending on the pass that it is given. Confined to one
 * thread and one batch.
 */
public final class Forward {

  private final NDManager manager;
  private final ParameterStore parameters;
  private final @Nullable Predicate<Parameter> learns;
  private final @Nullable Keeper keeper;

  /** Holds things that components opened, until what runs the passes is closed. */
  @FunctionalInterface
  public interface Keeper {

    /**
     * What is kept under a key; made if nothing is.
     *
     * @param key compared by identity or as it says
     */
    AutoCloseable keep(Object key, Supplier<? extends AutoCloseable> make);
  }

  /**
   * A pass that teaches nothing.
   *
   * @param manager makes arrays; closed by whoever opened the pass
   * @param parameters gives the parameters' values
   */
  public Forward(NDManager manager, ParameterStore parameters) {
    this(manager, parameters, null, null);
  }

  /**
   * A pass that teaches nothing, for arrays with values, of PyTorch's engine.
   *
   * @param keeper of what components open in it
   */
  public Forward(NDManager manager, ParameterStore parameters, Keeper keeper) {
    this(manager, parameters, null, keeper);
  }

  /**
   * A training pass.
   *
   * @param manager makes arrays; closed by whoever opened the pass
   * @param parameters gives the parameters' values
   * @param learns which of them training changes; null: no training pass. A block of which none
   *     learns runs as if there was no training: frozen batch normalisation keeps its statistics
   */
  public Forward(
      NDManager manager, ParameterStore parameters, @Nullable Predicate<Parameter> learns) {
    this(manager, parameters, learns, null);
  }

  private Forward(
      NDManager manager,
      ParameterStore parameters,
      @Nullable Predicate<Parameter> learns,
      @Nullable Keeper keeper) {
    this.keeper = keeper;
    this.manager = manager;
    this.parameters = parameters;
    this.learns = learns;
  }

  /** Makes arrays from Java values; in a traced pass they become constants. */
  public NDManager manager() {
    return manager;
  }

  public boolean training() {
    return learns != null;
  }

  /** What holds things from pass to pass; null in passes that are traced or train. */
  public @Nullable Keeper keeper() {
    return keeper;
  }

  private boolean learns(Block block) {
    return learns != null && block.getParameters().values().stream().anyMatch(learns);
  }

  /** Runs a DJL block over one array. The first pass tells the block its shapes. */
  public NDArray apply(Block block, NDArray x) {
    if (!block.isInitialized()) {
      shape(block, x.getShape());
    }
    return block.forward(parameters, new NDList(x), learns(block)).singletonOrThrow();
  }

  /** Values live in the parameter store; what the block gets are shapes without data. */
  private static void shape(Block block, Shape input) {
    block.freezeParameters(true);
    block.setInitializer((m, shape, type) -> placeholder(shape, type), parameter -> true);
    block.initialize(PassthroughNDManager.INSTANCE, DataType.FLOAT32, input);
  }

  @SuppressWarnings("NullAway") // no data is the point
  private static NDArray placeholder(Shape shape, DataType type) {
    return new PassthroughNDArray(PassthroughNDManager.INSTANCE, null, shape, type);
  }

  /** The value of a parameter that a component uses by itself. */
  public NDArray value(Parameter parameter) {
    return parameters.getValue(parameter, manager.getDevice(), training());
  }
}
