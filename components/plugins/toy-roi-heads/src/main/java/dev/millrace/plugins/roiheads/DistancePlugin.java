package dev.millrace.plugins.roiheads;

import dev.millrace.components.Plugin;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.RoiHeads;

/** Gives it a name. */
public final class DistancePlugin implements Plugin {
  @Override
  public void register(Registries registries) {
    registries
        .of(RoiHeads.class)
        .register(
            "DistanceRoiHeads",
            "Other heads, and how far each object is",
            DistanceRoiHeads.Args.class,
            DistanceRoiHeads::fromConfig);
  }
}
