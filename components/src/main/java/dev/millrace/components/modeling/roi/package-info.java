/** Regions of interest: pooling, heads, predictors. */
@NullMarked
package dev.millrace.components.modeling.roi;

import org.jspecify.annotations.NullMarked;
