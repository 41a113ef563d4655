/**
 * A source and a sink without a broker, for tests and trials; product code, as Kafka's {@code
 * MockConsumer} is.
 *
 * <pre>
 *  InMemoryTopic --> InMemoryFrameSource --> pipeline --> InMemoryEventSink
 *   partitions,       credits, epochs,                     events and letters,
 *   committed offsets acknowledgements                     fails on demand
 * </pre>
 */
@NullMarked
package dev.millrace.connectors.memory;

import org.jspecify.annotations.NullMarked;
