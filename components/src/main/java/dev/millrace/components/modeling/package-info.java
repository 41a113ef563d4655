/** The stages of a detection model and the types on the arrows between them. */
@NullMarked
package dev.millrace.components.modeling;

import org.jspecify.annotations.NullMarked;
