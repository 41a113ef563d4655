/** Backbones: from an image to feature maps. */
@NullMarked
package dev.millrace.components.modeling.backbone;

import org.jspecify.annotations.NullMarked;
