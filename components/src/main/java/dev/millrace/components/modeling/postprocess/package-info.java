/** From the network's answer to what a frame's event says: boxes, masks, keypoints, segments. */
@NullMarked
package dev.millrace.components.modeling.postprocess;

import org.jspecify.annotations.NullMarked;
