/** Preprocessors: from a decoded frame to an image at the network's input size. */
@NullMarked
package dev.millrace.components.modeling.preprocess;

import org.jspecify.annotations.NullMarked;
