package dev.millrace.plugins.rcnnoutput;

import dev.millrace.components.Plugin;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.roi.BoxPredictor;

/** Gives both a name. */
public final class MyRcnnOutputPlugin implements Plugin {
  @Override
  public void register(Registries registries) {
    registries
        .of(BoxPredictor.class)
        .register(
            "MyRcnnOutput",
            "FastRcnnOutputLayers with a focal loss",
            MyRcnnOutput.Args.class,
            MyRcnnOutput::fromConfig);
    registries
        .of(RoiHeads.class)
        .register(
            "MyStandardRoiHeads",
            "StandardRoiHeads with MyRcnnOutput by explicit argument",
            MyStandardRoiHeads.Args.class,
            MyStandardRoiHeads::fromConfig);
  }
}
