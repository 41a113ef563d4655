package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.Pickled.Dictionary;
import dev.millrace.components.checkpoint.Pickled.Global;
import dev.millrace.components.checkpoint.Pickled.Instance;
import dev.millrace.components.checkpoint.Pickled.Int;
import dev.millrace.components.checkpoint.Pickled.Opaque;
import dev.millrace.components.checkpoint.Pickled.Quantiser;
import dev.millrace.components.checkpoint.Pickled.Real;
import dev.millrace.components.checkpoint.Pickled.Storage;
import dev.millrace.components.checkpoint.Pickled.Tuple;
import dev.millrace.components.checkpoint.Pickled.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a PyTorch archive may name: tensors, their storages and quantisers, ordered dictionaries,
 * and TorchScript's own module classes as labels. One use.
 */
final class TorchVocabulary implements PickleVocabulary {

  /** What a trainer notes beside the model may be objects of any class. */
  private static final String WEIGHTS_ALONE =
      "If you trust the file, save its weights alone, in Python: torch.save({'model':"
          + " torch.load(FILE, map_location='cpu')['model']}, OTHER).";

  private static final String MODULES = "__torch__";
  private static final Global TENSOR = new Global("torch._utils", "_rebuild_tensor_v2");
  private static final Global OLD_TENSOR = new Global("torch._utils", "_rebuild_tensor");
  private static final Global PARAMETER = new Global("torch._utils", "_rebuild_parameter");
  private static final Global QTENSOR = new Global("torch._utils", "_rebuild_qtensor");
  private static final Global ORDERED = new Global("collections", "OrderedDict");
  private static final Global PER_TENSOR = new Global("torch", "per_tensor_affine");
  private static final Global PER_CHANNEL = new Global("torch", "per_channel_affine");

  /** What PyTorch's schedulers and torchvision's training scripts note; it is not looked into. */
  private static final Set<Global> OPAQUE =
      Set.of(new Global("collections", "Counter"), new Global("argparse", "Namespace"));

  private static final Set<Global> KNOWN =
      Set.of(TENSOR, OLD_TENSOR, PARAMETER, QTENSOR, ORDERED, PER_TENSOR, PER_CHANNEL);

  private final Map<String, Storage> storages = new HashMap<>();

  /** The storages that were named, by key. */
  Map<String, Storage> storages() {
    return storages;
  }

  @Override
  public Global global(String module, String name) {
    Global global = new Global(module, name);
    if (KNOWN.contains(global)
        || OPAQUE.contains(global)
        || isModuleClass(global)
        || (module.equals("torch") && StorageType.of(name) != null)) {
      return global;
    }
    throw new CheckpointException(
        "the checkpoint names "
            + global
            + ", which has no business in a checkpoint; it is refused, not run",
        WEIGHTS_ALONE,
        null);
  }

  private static boolean isModuleClass(Global global) {
    return global.module().equals(MODULES) || global.module().startsWith(MODULES + ".");
  }

  @Override
  public Pickled reduce(Global function, List<Pickled> arguments) {
    if (function.equals(ORDERED)) {
      if (!arguments.isEmpty()) {
        throw new CheckpointException("an OrderedDict with arguments, none expected");
      }
      return new Dictionary();
    }
    if (function.equals(TENSOR)) {
      return view(function, arguments, 6, 7, false);
    }
    if (function.equals(OLD_TENSOR)) {
      return view(function, arguments, 4, 4, false);
    }
    if (function.equals(QTENSOR)) {
      return view(function, arguments, 7, 7, true);
    }
    if (function.equals(PARAMETER)) {
      if (arguments.isEmpty() || !(arguments.get(0) instanceof View data)) {
        throw new CheckpointException("a parameter of something else than a tensor");
      }
      return data;
    }
    if (OPAQUE.contains(function)) {
      return new Opaque(function);
    }
    throw new CheckpointException("the checkpoint calls " + function + "; it is refused, not run");
  }

  /** Also a {@code state_dict}, which notes the versions of its modules. */
  @Override
  public void build(Pickled object, Pickled state) {
    boolean versions =
        object instanceof Dictionary
            && state instanceof Dictionary notes
            && notes.entries.keySet().equals(Set.of("_metadata"));
    if (!versions) {
      PickleVocabulary.super.build(object, state);
    }
  }

  private static View view(
      Global function, List<Pickled> arguments, int least, int most, boolean quantised) {
    if (arguments.size() < least || arguments.size() > most) {
      throw new CheckpointException(function + " with " + arguments.size() + " arguments");
    }
    if (!(arguments.get(0) instanceof Storage storage)) {
      throw new CheckpointException(
          "a tensor made of " + Pickled.kind(arguments.get(0)) + ", expected a storage");
    }
    if (storage.type().quantised() != quantised) {
      throw new CheckpointException(
          function + " of a storage that is " + (quantised ? "not " : "") + "quantised");
    }
    return new View(
        storage,
        integer(arguments.get(1)),
        integers(arguments.get(2)),
        integers(arguments.get(3)),
        quantised ? quantiser(arguments.get(4)) : null);
  }

  private static Quantiser quantiser(Pickled value) {
    List<Pickled> parts = tuple(value);
    if (parts.size() == 3
        && parts.get(0).equals(PER_TENSOR)
        && parts.get(1) instanceof Real scale) {
      return new Quantiser.PerTensor(scale.value(), integer(parts.get(2)));
    }
    if (parts.size() == 4
        && parts.get(0).equals(PER_CHANNEL)
        && parts.get(1) instanceof View scales
        && parts.get(2) instanceof View zeroPoints) {
      return new Quantiser.PerChannel(scales, zeroPoints, (int) integer(parts.get(3), 0, 64));
    }
    throw new CheckpointException(
        "a quantiser that is neither per_tensor_affine nor per_channel_affine");
  }

  @Override
  public Instance instantiate(Global type, List<Pickled> arguments) {
    if (!(isModuleClass(type) || OPAQUE.contains(type)) || !arguments.isEmpty()) {
      throw new CheckpointException(
          "the checkpoint makes an instance of " + type + "; it is refused, not run");
    }
    return new Instance(type);
  }

  @Override
  public Storage persistent(Pickled id) {
    List<Pickled> parts = tuple(id);
    String key = parts.size() < 5 ? null : Pickled.text(parts.get(2));
    if (key == null
        || parts.size() > 6
        || !"storage".equals(Pickled.text(parts.get(0)))
        || !(parts.get(1) instanceof Global type)) {
      throw new CheckpointException(
          "a persistent id that is not (storage, type, key, place, length)");
    }
    if (parts.size() == 6 && parts.get(5) != Pickled.None.NONE) {
      throw new CheckpointException("a storage that is part of another one", WEIGHTS_ALONE, null);
    }
    StorageType elements = type.module().equals("torch") ? StorageType.of(type.name()) : null;
    if (elements == null) {
      throw new CheckpointException("a storage of type " + type + ", which is none of PyTorch's");
    }
    if (!key.matches("[0-9A-Za-z_]{1,64}")) {
      throw new CheckpointException("a storage key that is no plain word");
    }
    Storage storage = new Storage(key, elements, integer(parts.get(4), 0, Long.MAX_VALUE));
    Storage before = storages.putIfAbsent(key, storage);
    if (before != null && !before.equals(storage)) {
      throw new CheckpointException("storage " + key + " with two types or lengths");
    }
    return storage;
  }

  private static List<Pickled> tuple(Pickled value) {
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    throw new CheckpointException("expected a tuple, found " + Pickled.kind(value));
  }

  private static long integer(Pickled value) {
    return integer(value, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static long integer(Pickled value, long least, long most) {
    if (value instanceof Int number && number.value() >= least && number.value() <= most) {
      return number.value();
    }
    throw new CheckpointException(
        "expected an integer, found "
            + (value instanceof Int number ? number.value() : Pickled.kind(value)));
  }

  private static List<Long> integers(Pickled value) {
    return tuple(value).stream().map(TorchVocabulary::integer).toList();
  }
}
