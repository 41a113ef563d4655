/** The command line: one class for each command. Data goes to standard output, everything else to standard error. */
@NullMarked
package dev.millrace.pipeline.cli;

import org.jspecify.annotations.NullMarked;
