/** Trained parameters: reading, checking and finding them. */
@NullMarked
package dev.millrace.components.checkpoint;

import org.jspecify.annotations.NullMarked;
