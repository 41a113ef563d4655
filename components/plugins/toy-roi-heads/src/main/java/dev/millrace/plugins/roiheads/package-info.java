/**
 * An example plugin: ROI heads for a task of one's own, as DensePose and Mesh R-CNN are to
 * Detectron2. {@link dev.millrace.plugins.roiheads.DistanceRoiHeads} finds what other heads find
 * and adds a field, which reaches the event as an attribute.
 */
@NullMarked
package dev.millrace.plugins.roiheads;

import org.jspecify.annotations.NullMarked;
