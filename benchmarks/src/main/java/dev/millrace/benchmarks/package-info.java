/**
 * JMH benchmarks of what a frame meets besides the network. What the whole stream costs is measured
 * by {@code millrace bench}.
 */
@NullMarked
package dev.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
