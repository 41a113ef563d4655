/**
 * What a training run leaves behind to look at.
 *
 * <pre>
 *  the loop --a line at a time--&gt; MetricsLog --&gt; metrics.json
 *                                                  | TrainingPoint
 *                                                TrainingPlot --&gt; a picture
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.training;

import org.jspecify.annotations.NullMarked;
