/**
 * Which model runs, and how another one takes its place while frames flow.
 *
 * <pre>
 *  request --&gt; REQUESTED --&gt; BUILDING --&gt; WARM --&gt; LIVE --&gt; DRAINED --&gt; CLOSED
 *                  |             |          |
 *                  |             |          '--&gt; CLOSED   overtaken by a newer request
 *                  '-------------+-------------&gt; REFUSED  a mistake in what was asked for
 *                                '-------------&gt; FAILED   it could not be built
 * </pre>
 *
 * Up to and including WARM nothing of the live revision has been touched. The switch itself is a
 * task of each lane's own thread, between two batches.
 */
@NullMarked
package dev.millrace.pipeline.revision;

import org.jspecify.annotations.NullMarked;
