package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Dictionary;
import dev.millrace.components.checkpoint.Pickled.Instance;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.Real;
import dev.millrace.components.checkpoint.Pickled.Sequence;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import dev.millrace.components.checkpoint.Pickled.View;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a TorchScript module tree and names what it finds as Detectron2 does: names begin below the
 * meta-architecture, which is the first module that has a {@code backbone}. What wrappers around it
 * hold (D2Go's {@code coco_idx}) keeps its own name without the wrappers'. One use, one thread.
 */
final class ModuleWalk {

  private static final int DEEPEST = 100;
  private static final int MOST_VALUES = 1_000_000;
  private static final String PACKED = "_packed_params";

  private final StorageReader storages;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Geometry> geometry = new LinkedHashMap<>();
  private final Map<String, Quantisation> activations = new LinkedHashMap<>();
  private @Nullable Instance architecture;
  private int visited;

  ModuleWalk(StorageReader storages) {
    this.storages = storages;
  }

  Map<String, Tensor> parameters() {
    return parameters;
  }

  Map<String, Geometry> geometry() {
    return geometry;
  }

  Map<String, Quantisation> activations() {
    return activations;
  }

  /**
   * @throws CheckpointException if a module's state is not understood, or the tree is no tree
   */
  void walk(Pickled root) {
    if (!(root instanceof Instance module)) {
      throw new CheckpointException("expected a module, found " + Pickled.kind(root));
    }
    architecture = architecture(module);
    walk("", module, 0);
    if (parameters.isEmpty()) {
      throw new CheckpointException("it holds no parameters at all");
    }
  }

  /** Breadth first; each instance once, and the pickle bounds how many there are. */
  private @Nullable Instance architecture(Instance root) {
    Deque<Instance> queue = new ArrayDeque<>(List.of(root));
    Set<Instance> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.add(root);
    while (!queue.isEmpty()) {
      Instance module = queue.remove();
      if (module.state instanceof Dictionary attributes) {
        if (attributes.entries.get("backbone") instanceof Instance) {
          return module;
        }
        for (Pickled value : attributes.entries.values()) {
          if (value instanceof Instance child && seen.add(child)) {
            queue.add(child);
          }
        }
      }
    }
    return null;
  }

  private void walk(String name, Pickled value, int depth) {
    if (depth > DEEPEST || ++visited > MOST_VALUES) {
      throw new CheckpointException(
          "modules nested deeper than " + DEEPEST + " levels, or without end, at " + name);
    }
    if (value instanceof Instance module) {
      module(module == architecture ? "" : name, module, depth);
    } else if (value instanceof View view) {
      parameter(name, view);
    } else if (value instanceof Dictionary dictionary) {
      dictionary.entries.forEach((key, child) -> walk(child(name, key), child, depth + 1));
    } else if (value instanceof Sequence list) {
      items(name, list.items, depth);
    } else if (value instanceof Tuple tuple) {
      items(name, tuple.items(), depth);
    }
    // Numbers, texts, flags: the module's configuration, which the model's own configuration gives.
  }

  private void items(String name, List<Pickled> items, int depth) {
    for (int i = 0; i < items.size(); i++) {
      walk(child(name, Integer.toString(i)), items.get(i), depth + 1);
    }
  }

  private void module(String name, Instance module, int depth) {
    if (module.state instanceof Dictionary attributes) {
      Map<String, Pickled> entries = attributes.entries;
      boolean quantised = isQuantised(module) && entries.containsKey("scale");
      if (quantised) {
        activations.put(
            name,
            new Quantisation(
                number(name, entries.get("scale")),
                (long) number(name, entries.get("zero_point"))));
      }
      entries.forEach(
          (key, child) -> {
            if (!(quantised && (key.equals("scale") || key.equals("zero_point")))) {
              walk(child(name, key), child, depth + 1);
            }
          });
    } else if (module.state instanceof Tuple state) {
      packed(layer(name), module, state.items());
    } else if (module.state != null) {
      throw notUnderstood(name, module);
    }
  }

  private void packed(String name, Instance module, List<Pickled> state) {
    PackedLayer layer = PackedLayer.of(module.type, state);
    if (layer == null) {
      throw notUnderstood(name, module);
    }
    parameter(child(name, "weight"), layer.weight());
    if (layer.bias() != null) {
      parameter(child(name, "bias"), layer.bias());
    }
    if (layer.geometry() != null) {
      geometry.put(name, layer.geometry());
    }
    if (layer.activation() != null) {
      activations.put(name, layer.activation());
    }
  }

  private void parameter(String name, View view) {
    if (parameters.containsKey(name)) {
      throw new CheckpointException("two parameters named " + name);
    }
    try {
      parameters.put(name, storages.read(view));
    } catch (CheckpointException e) {
      throw e.in(name);
    }
  }

  private double number(String name, @Nullable Pickled value) {
    if (value instanceof Real real) {
      return real.value();
    }
    if (value instanceof Int number) {
      return number.value();
    }
    if (value instanceof View view) {
      Tensor tensor = storages.read(view);
      if (tensor.elements() == 1) {
        return tensor.floats()[0];
      }
    }
    throw new CheckpointException("a quantiser without scale and zero point at " + name);
  }

  private static boolean isQuantised(Instance module) {
    return module.type.module().contains(".quantized.");
  }

  /** The layer that packed parameters belong to: their own name without its last segments. */
  private static String layer(String name) {
    String layer = name;
    while (layer.endsWith("." + PACKED)) {
      layer = layer.substring(0, layer.length() - PACKED.length() - 1);
    }
    return layer;
  }

  private String child(String name, String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  private static CheckpointException notUnderstood(String name, Instance module) {
    return new CheckpointException(
        "the state of "
            + (name.isEmpty() ? "the model" : name)
            + ", "
            + Pickled.kind(module)
            + ", is not understood");
  }
}
