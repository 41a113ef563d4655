/**
 * The flow of frames: who runs where, and what keeps order.
 *
 * <pre>
 *  source thread      decode pool            lane thread (one per device)     delivery thread
 *
 *  FrameRecord --&gt; [ decode ]             .--&gt; [ batcher ] --&gt; [ detect ] --.
 *                  [ decode ] --Decoded---+                                 +--Outcome--&gt; [ publish ]
 *                  [ decode ]  in order   '--&gt; [ batcher ] --&gt; [ detect ] --'             [ acknowledge ]
 *                                 |         |                                                |
 *                                 |         partition % lanes                                |
 *                                 '--- Rejected rides along, is never detected ---&gt; dead letter
 * </pre>
 *
 * Demand travels from right to left: a lane asks for one batch when it is idle, a batcher for as
 * many frames as it may hold, the decode pool for as many as it may work ahead. What nobody asked
 * for stays in the source, which counts it in frames and bytes.
 */
@NullMarked
package dev.millrace.pipeline.stream;

import org.jspecify.annotations.NullMarked;
