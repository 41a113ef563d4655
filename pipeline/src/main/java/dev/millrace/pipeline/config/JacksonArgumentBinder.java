package dev.millrace.pipeline.config;

import dev.millrace.components.ArgumentBinder;
import dev.millrace.components.ComponentConfig;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Binds YAML maps to records. One for each revision: it remembers the classes that it has seen, and
 * those may come from a plugin that must be unloaded with the revision. Any thread.
 */
public final class JacksonArgumentBinder implements ArgumentBinder {
  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  @Override
  public <A extends Record> A bind(ComponentConfig<?> config, Class<A> arguments) {
    return bind(config.arguments(), arguments, config.path(), use -> {});
  }

  /**
   * @param path of the map in the YAML
   * @param uses is told every component that the map names
   */
  <A extends Record> A bind(
      Map<String, Object> values, Class<A> type, String path, Consumer<ComponentUse> uses) {
    Map<String, Object> shaped = new Shaper(uses).record(values, type, path);
    try {
      return mapper.convertValue(shaped, type);
    } catch (JacksonException e) {
      throw Mistakes.translated(e, path);
    }
  }
}
