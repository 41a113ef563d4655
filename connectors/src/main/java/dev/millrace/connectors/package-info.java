/**
 * Where frames come from and where events go: the contracts. Kafka, video and memory implement them
 * in packages below.
 */
@NullMarked
package dev.millrace.connectors;

import org.jspecify.annotations.NullMarked;
