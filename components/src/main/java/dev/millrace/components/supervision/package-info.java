/**
 * What a network is taught with: ground truth, boxes and outlines, which of its boxes answer for
 * which object, which of them count, and the losses. Detectron2's {@code matcher.py}, {@code
 * sampling.py} and {@code box_regression.py}.
 */
@NullMarked
package dev.millrace.components.supervision;

import org.jspecify.annotations.NullMarked;
