package dev.millrace.components.testing;

import dev.millrace.components.Build;
import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ShapeSpec;
import java.util.List;
import java.util.Map;

/** What a factory is given, for components that build no others. */
public record TestBuild(String path, Map<String, ShapeSpec> inputShape, List<String> classNames)
    implements Build {

  @Override
  public <T> T component(Class<T> kind, ComponentConfig<T> config, Map<String, ShapeSpec> shape) {
    throw new AssertionError("asked to build " + config.name());
  }
}
