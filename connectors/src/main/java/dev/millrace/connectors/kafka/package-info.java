/**
 * Frames from Kafka, events and dead letters to Kafka, on plain kafka-clients.
 *
 * <pre>
 *  topic frames                                                        topic events
 *      |                                                                    ^
 *      v           poll thread                  emit thread                 |
 *  PollLoop --- offers within credits ---> FrameDelivery --> pipeline --> KafkaEventSink
 *   |   ^                                       |               |           |
 *   |   '-- Assignment: a ledger per partition  '<- acknowledge-'           v
 *   v                                                                  topic dead letters
 *  commits the first incomplete offset
 * </pre>
 *
 * {@link dev.millrace.connectors.kafka.KafkaFramePublisher} writes the first topic, {@link
 * dev.millrace.connectors.kafka.KafkaEventReader} reads the other two.
 */
@NullMarked
package dev.millrace.connectors.kafka;

import org.jspecify.annotations.NullMarked;
