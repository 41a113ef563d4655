package dev.millrace.components.modeling;

import java.util.List;

/**
 * From the network's answer to detections in source pixels.
 *
 * <p>Called by several threads at once: one instance serves all lanes, and all revisions that say
 * the same of it.
 */
public interface Postprocessor {

  /**
   * @param classes names and ids in the order of class indices
   * @return one for each image of the batch, in order
   */
  List<Detections> postprocess(
      DenseInstances instances, ImageBatch batch, List<ModelConfig.ObjectClass> classes);
}
