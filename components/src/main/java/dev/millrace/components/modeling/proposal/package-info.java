/** Region proposals: anchors, the head that scores them, and the generator that picks the best. */
@NullMarked
package dev.millrace.components.modeling.proposal;

import org.jspecify.annotations.NullMarked;
