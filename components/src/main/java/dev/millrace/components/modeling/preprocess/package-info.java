/** Preprocessors: from decoded frames to a batch at the network's input size. */
@NullMarked
package dev.millrace.components.modeling.preprocess;

import org.jspecify.annotations.NullMarked;
