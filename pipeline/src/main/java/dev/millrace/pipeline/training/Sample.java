package dev.millrace.pipeline.training;

import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.supervision.GroundTruth;

/**
 * A picture to learn from, as the network sees it.
 *
 * @param truth in pixels of the image
 */
record Sample(InputImage image, GroundTruth truth) {}
