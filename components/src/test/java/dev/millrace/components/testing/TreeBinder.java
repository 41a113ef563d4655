package dev.millrace.components.testing;

import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Binds trees of maps, lists and numbers to records: what the pipeline does, in a page. */
public final class TreeBinder implements ArgumentBinder {

  /** A component under a name, with keys and values in turn. */
  public static Map<String, Object> node(String name, Object... keysAndValues) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", name);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      node.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return node;
  }

  /** What a configuration says of a component at a path. */
  @SuppressWarnings("unchecked")
  public static <T> ComponentConfig<T> config(String path, Object node) {
    Map<String, Object> arguments = new LinkedHashMap<>((Map<String, Object>) node);
    return new ComponentConfig<>((String) arguments.remove("name"), arguments, path);
  }

  @Override
  public <A extends Record> A bind(ComponentConfig<?> config, Class<A> arguments) {
    return record(config.arguments(), arguments, config.path());
  }

  private static <A extends Record> A record(Map<String, Object> tree, Class<A> type, String path) {
    RecordComponent[] components = type.getRecordComponents();
    Set<String> known = Set.copyOf(Stream.of(components).map(RecordComponent::getName).toList());
    for (String key : tree.keySet()) {
      if (!known.contains(key)) {
        throw new ConfigException(path + "." + key, "unknown key.", "Known: " + known + ".");
      }
    }
    try {
      Constructor<A> constructor =
          type.getDeclaredConstructor(
              Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(
          Stream.of(components)
              .map(c -> value(tree.get(c.getName()), c.getGenericType(), path + "." + c.getName()))
              .toArray());
    } catch (ReflectiveOperationException e) {
      throw new ConfigException(path, String.valueOf(e.getCause()), null);
    }
  }

  @SuppressWarnings("unchecked")
  private static Object value(Object tree, Type type, String path) {
    if (tree == null) {
      return null;
    }
    if (type instanceof ParameterizedType of && of.getRawType() == ComponentConfig.class) {
      return config(path, tree);
    }
    if (type instanceof ParameterizedType of && of.getRawType() == List.class) {
      List<Object> all = new ArrayList<>();
      for (Object each : (List<Object>) tree) {
        all.add(value(each, of.getActualTypeArguments()[0], path + "[" + all.size() + "]"));
      }
      return all;
    }
    if (type instanceof ParameterizedType of && of.getRawType() == Map.class) {
      Map<String, Object> all = new LinkedHashMap<>();
      ((Map<String, Object>) tree)
          .forEach(
              (key, each) ->
                  all.put(key, value(each, of.getActualTypeArguments()[1], path + "." + key)));
      return all;
    }
    if (type instanceof Class<?> raw && raw.isRecord()) {
      return record((Map<String, Object>) tree, raw.asSubclass(Record.class), path);
    }
    if (tree == null && type == int.class) {
      throw new ConfigException(path, "missing.", null);
    }
    return type == Double.class ? (Object) ((Number) tree).doubleValue() : tree;
  }
}
