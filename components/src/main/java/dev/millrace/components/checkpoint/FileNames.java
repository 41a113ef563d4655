package dev.millrace.components.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's entries under the names that Detectron2 gives them, and which of them a model's
 * parameters mean.
 */
final class FileNames {

  private static final String WRAPPER = "module.";

  /**
   * One entry.
   *
   * @param file its name in the file
   * @param name Detectron2's name for it, or the end of it
   * @param rule how the one became the other, for people
   * @param tensor its value, in Detectron2's order of channels and classes
   */
  record Entry(String file, String name, String rule, Tensor tensor) {}

  /**
   * What a parameter of the model means.
   *
   * @param whole whether by its whole name, and not by the end of it
   */
  record Claim(Entry entry, boolean whole) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<Entry> doubled = new ArrayList<>();
  private final boolean suffixes;
  private final boolean caffe2;

  FileNames(@Nullable Checkpoint checkpoint) {
    Map<String, Tensor> file = checkpoint == null ? Map.of() : checkpoint.parameters();
    Naming naming = checkpoint == null ? Naming.EXACT : checkpoint.naming();
    // As PyTorch's wrapper for several devices leaves it.
    String wrapper =
        !file.isEmpty() && file.keySet().stream().allMatch(name -> name.startsWith(WRAPPER))
            ? WRAPPER
            : "";
    Map<String, Tensor> bare = new LinkedHashMap<>();
    file.forEach((name, tensor) -> bare.put(name.substring(wrapper.length()), tensor));
    TorchvisionNames torchvision = TorchvisionNames.of(bare);
    caffe2 = naming == Naming.CAFFE2;
    suffixes = naming != Naming.EXACT || torchvision != null;
    bare.forEach(
        (name, tensor) -> {
          Entry entry =
              caffe2
                  ? Caffe2Names.entry(wrapper + name, name, tensor)
                  : torchvision != null
                      ? torchvision.entry(wrapper + name, name, tensor)
                      : new Entry(
                          wrapper + name,
                          name,
                          wrapper.isEmpty() ? "" : "without " + WRAPPER,
                          tensor);
          if (entries.putIfAbsent(entry.name(), entry) != null) {
            doubled.add(entry);
          }
        });
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  /** Entries that mean what an earlier one does, and are not among the others. */
  List<Entry> doubled() {
    return doubled;
  }

  /** The value of a parameter that the file does not name, if its format implies one. */
  @Nullable Tensor implied(String name, long[] shape, Set<String> found) {
    return caffe2 ? Caffe2Names.folded(name, shape, found) : null;
  }

  /** What each of these names means, if anything; several may mean the same by their ends. */
  Map<String, Claim> claims(Set<String> model) {
    Map<String, Claim> claims = new HashMap<>();
    Set<Entry> whole = new HashSet<>();
    for (String name : model) {
      Entry entry = entries.get(name);
      if (entry != null) {
        claims.put(name, new Claim(entry, true));
        whole.add(entry);
      }
    }
    for (String name : model) {
      Entry entry = suffixes && !claims.containsKey(name) ? longestEnd(name) : null;
      if (entry != null && !whole.contains(entry)) {
        claims.put(name, new Claim(entry, false));
      }
    }
    return claims;
  }

  private @Nullable Entry longestEnd(String name) {
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      Entry entry = entries.get(name.substring(dot + 1));
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  /**
   * Why an entry that no parameter means is of no use to any model, or null if that is not known.
   */
  static @Nullable String uselessness(String file) {
    if (file.endsWith("_momentum")) {
      return "of use to training only";
    }
    if (file.endsWith(".num_batches_tracked")) {
      return "a counter of use to training only";
    }
    return file.contains("anchor_generator.cell_anchors") ? "made by the configuration" : null;
  }
}
