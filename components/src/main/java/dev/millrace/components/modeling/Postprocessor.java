package dev.millrace.components.modeling;

import java.util.List;

/**
 * From the network's answer to detections in source pixels. Confined to its lane's thread; keeps no
 * state.
 */
public interface Postprocessor {

  /**
   * @param classes names and ids in the order of class indices
   * @return one for each image of the batch, in order
   */
  List<Detections> postprocess(
      DenseInstances instances, ImageBatch batch, List<ModelConfig.ObjectClass> classes);
}
