/**
 * What a running Millrace says of itself over HTTP, on loopback unless its configuration says
 * otherwise.
 *
 * <pre>
 *  GET /               what there is
 *  GET /metrics        Prometheus text
 *  GET /health/live    200 while the pipeline runs; a supervisor restarts it otherwise
 *  GET /health/ready   200 while frames flow; else 503 and the reasons
 *  GET /revisions      the last revisions, newest first
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.console;

import org.jspecify.annotations.NullMarked;
