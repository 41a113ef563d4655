/** An example plugin: one class registers, one class computes. */
@NullMarked
package dev.millrace.plugins.toy;

import org.jspecify.annotations.NullMarked;
