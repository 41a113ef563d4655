/**
 * What is counted and timed.
 *
 * <pre>
 *  FlowObserver ------&gt; FlowMeters -----.
 *  RevisionObserver --&gt; RevisionMeters --+--&gt; MeterRegistry --&gt; GET /metrics
 *  FrameSource -------&gt; gauges ---------'
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.metrics;

import org.jspecify.annotations.NullMarked;
