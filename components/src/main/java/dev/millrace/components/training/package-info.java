/** Teaches a network on DJL's PyTorch engine: values, gradients, the optimiser, the schedule. */
@NullMarked
package dev.millrace.components.training;

import org.jspecify.annotations.NullMarked;
