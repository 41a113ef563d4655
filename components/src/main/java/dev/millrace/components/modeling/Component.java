package dev.millrace.components.modeling;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import dev.millrace.components.checkpoint.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A part of a model that has parameters: a tree whose leaves are DJL blocks, under Detectron2's
 * names. It holds no values: the parameters' shapes are known after the first forward pass, which
 * may be a traced one; values belong to the {@link Forward} pass.
 *
 * <p>Forward methods keep no state, so one component serves several lanes at once.
 */
public abstract class Component {

  private final Map<String, Object> children = new LinkedHashMap<>();

  /** Asked of blocks when they are added: DJL cannot tell any more once they are initialised. */
  private final Set<Parameter> learning = new HashSet<>();

  private final Map<Parameter, Initial> initials = new HashMap<>();

  private final Map<Parameter, Tensor> brought = new LinkedHashMap<>();
  private final Set<String> broughtFrom = new LinkedHashSet<>();

  private final Set<String> buffers = new LinkedHashSet<>();

  /**
   * Adds a DJL block under a name, for example {@code "conv1"} or {@code "pw.conv"}. Under the
   * empty name its parameters are this component's own.
   */
  protected final <B extends Block> B add(String name, B block) {
    return add(name, block, Initial.HE);
  }

  /**
   * The same.
   *
   * @param initial how its weights begin where nobody trained them
   */
  protected final <B extends Block> B add(String name, B block, Initial initial) {
    put(name, block);
    Map<String, Parameter> own = new LinkedHashMap<>();
    collect("", block, own);
    own.values().stream().filter(Parameter::requiresGradient).forEach(learning::add);
    own.values().forEach(parameter -> initials.put(parameter, initial));
    return block;
  }

  /**
   * Adds a component under a name. Under the empty name its parts keep the names that they have in
   * it, as if they were this component's own.
   */
  protected final <C extends Component> C add(String name, C component) {
    put(name, component);
    return component;
  }

  private void put(String name, Object child) {
    if (children.putIfAbsent(name, child) != null) {
      throw new IllegalArgumentException("two children are called " + name);
    }
  }

  /**
   * Adds parameters whose values this component brings from a file of its own: they are neither
   * looked for in a checkpoint nor trained.
   *
   * @param from the file's sha256
   */
  protected final void bring(Map<Parameter, Tensor> values, String from) {
    brought.putAll(values);
    broughtFrom.add(from);
  }

  /** Parameters that this tree brings, which are not among {@link #parameters()}. */
  public final Map<Parameter, Tensor> brought() {
    Map<Parameter, Tensor> all = new LinkedHashMap<>(brought);
    for (Object child : children.values()) {
      if (child instanceof Component component) {
        all.putAll(component.brought());
      }
    }
    return all;
  }

  /** Hashes of the files that this tree brings. */
  public final Set<String> broughtFrom() {
    Set<String> all = new LinkedHashSet<>(broughtFrom);
    for (Object child : children.values()) {
      if (child instanceof Component component) {
        all.addAll(component.broughtFrom());
      }
    }
    return all;
  }

  /**
   * Names a value that Detectron2 keeps with the parameters and that this component makes by
   * itself, such as {@code "pixel_mean"}. A checkpoint may hold it or not; it is not read.
   */
  protected final void buffer(String name) {
    buffers.add(name);
  }

  /** What Detectron2's checkpoints may hold for this tree besides {@link #parameters()}. */
  public final Set<String> buffers() {
    Set<String> all = new LinkedHashSet<>();
    collect("", all);
    return all;
  }

  /** Those of {@link #parameters()} that training may change; not running statistics. */
  public final Set<Parameter> learning() {
    Set<Parameter> all = new HashSet<>(learning);
    for (Object child : children.values()) {
      if (child instanceof Component component) {
        all.addAll(component.learning());
      }
    }
    return all;
  }

  /** How those of {@link #parameters()} begin that are weights and were not trained. */
  public final Map<Parameter, Initial> initials() {
    Map<Parameter, Initial> all = new HashMap<>(initials);
    for (Object child : children.values()) {
      if (child instanceof Component component) {
        all.putAll(component.initials());
      }
    }
    return all;
  }

  private void collect(String prefix, Set<String> into) {
    buffers.forEach(name -> into.add(prefix + name));
    children.forEach(
        (name, child) -> {
          if (child instanceof Component component) {
            component.collect(inside(prefix, name), into);
          }
        });
  }

  private static String inside(String prefix, String name) {
    return name.isEmpty() ? prefix : prefix + name + ".";
  }

  /** All parameters of this tree by dotted name, in the order in which they were added. */
  public final Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, Parameter> into) {
    children.forEach(
        (name, child) -> {
          if (child instanceof Component component) {
            component.collect(inside(prefix, name), into);
          } else {
            collect(inside(prefix, name), (Block) child, into);
          }
        });
  }

  private static void collect(String prefix, Block block, Map<String, Parameter> into) {
    for (Pair<String, Parameter> own : block.getDirectParameters()) {
      into.put(prefix + torchName(own.getKey()), own.getValue());
    }
    for (Pair<String, Block> child : block.getChildren()) {
      // DJL numbers its children: 01conv
      collect(prefix + child.getKey().replaceFirst("^\\d\\d", "") + ".", child.getValue(), into);
    }
  }

  /** DJL's normalisation layers have names of their own. */
  private static String torchName(String name) {
    return switch (name) {
      case "gamma" -> "weight";
      case "beta" -> "bias";
      case "runningMean" -> "running_mean";
      case "runningVar" -> "running_var";
      default -> name;
    };
  }
}
