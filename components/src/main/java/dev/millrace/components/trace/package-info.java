/**
 * Runs a model's forward methods over arrays without data and records what they do, in the spirit
 * of JAX's {@code jit}.
 *
 * <pre>
 *   forward(...)  --operations-->  TraceNDArray  --nodes-->  Trace  --OnnxWriter-->  ONNX model
 *   ONNX file     --OnnxFile, OnnxGraph--------  nodes ------'
 * </pre>
 *
 * Every shape is static while tracing: Java code may branch on it. A trace holds the shapes'
 * consequences as constants (anchors, reshape targets, batch indices), in the order in which they
 * arose. Two traces of one model over different sizes differ, as a rule, in constants only; {@link
 * dev.millrace.components.trace.Trace#sameStructure} tells. The engine then runs both with one
 * program and passes the constants that differ as inputs.
 */
@NullMarked
package dev.millrace.components.trace;

import org.jspecify.annotations.NullMarked;
