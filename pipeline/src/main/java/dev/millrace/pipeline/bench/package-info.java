/**
 * Measures what the streaming costs: frames a second from topic to topic over frames a second of
 * the bare network, in one run.
 */
@NullMarked
package dev.millrace.pipeline.bench;

import org.jspecify.annotations.NullMarked;
