/** Encoded pictures to pixels, within limits. */
@NullMarked
package dev.millrace.components.image;

import org.jspecify.annotations.NullMarked;
