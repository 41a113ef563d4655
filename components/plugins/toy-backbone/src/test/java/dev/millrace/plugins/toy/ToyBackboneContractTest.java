package dev.millrace.plugins.toy;

import dev.millrace.components.contract.BackboneContract;
import dev.millrace.components.modeling.Backbone;

/** All that a plugin's author writes to have a backbone tested. */
class ToyBackboneContractTest extends BackboneContract {
  @Override
  protected Backbone backbone() {
    return new ToyBackbone();
  }
}
