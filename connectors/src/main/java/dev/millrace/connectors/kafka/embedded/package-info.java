/**
 * A real Kafka broker inside this JVM, for the demo, benchmarks and tests. The only package that
 * touches Kafka's server classes, which are internal to Kafka and may change with any release.
 */
@NullMarked
package dev.millrace.connectors.kafka.embedded;

import org.jspecify.annotations.NullMarked;
