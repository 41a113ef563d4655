package dev.millrace.plugins.toy;

import dev.millrace.components.Plugin;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.Backbone;

/** Makes the toy backbone a name that a configuration can use. */
public final class ToyPlugin implements Plugin {
  @Override
  public void register(Registries registries) {
    registries
        .of(Backbone.class)
        .register(
            "ToyBackbone",
            "One 7x7 convolution of stride 16",
            ToyBackbone.Args.class,
            ToyBackbone::fromConfig);
  }
}
