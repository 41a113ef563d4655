/**
 * What lies on the topics.
 *
 * <pre>
 *  frames        key camera | value JPEG, PNG or raw pixels | FrameHeaders, FrameFormat
 *  events        key camera | value EventJson               | CloudEvents 1.0 headers
 *  dead letters  key camera | value the frame's             | DeadLetterHeaders beside the frame's
 * </pre>
 *
 * Described for other languages by {@code detection-event.schema.json} and {@code asyncapi.yaml} in
 * the package above.
 */
@NullMarked
package dev.millrace.connectors.format;

import org.jspecify.annotations.NullMarked;
