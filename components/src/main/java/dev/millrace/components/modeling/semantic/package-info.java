/**
 * What every pixel belongs to: a head over feature maps, by itself or beside R-CNN.
 *
 * <pre>
 *  image --Backbone--> p2 ... p5 --SemSegHead--> maps.sem_seg
 *                         '-----RPN, ROI heads--> Instances
 * </pre>
 */
@NullMarked
package dev.millrace.components.modeling.semantic;

import org.jspecify.annotations.NullMarked;
