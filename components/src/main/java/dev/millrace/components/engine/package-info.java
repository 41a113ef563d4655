/** Runs a model: devices, segments, the plan. */
@NullMarked
package dev.millrace.components.engine;

import org.jspecify.annotations.NullMarked;
