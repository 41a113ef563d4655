/**
 * Detectors without proposals: a head says of every cell of every feature map what is there.
 *
 * <pre>
 *  image --Backbone--> p3 ... p7 --DenseHead--> logits, deltas --DenseInference--> Instances
 * </pre>
 */
@NullMarked
package dev.millrace.components.modeling.dense;

import org.jspecify.annotations.NullMarked;
