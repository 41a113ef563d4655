/**
 * An example plugin: a loss of one's own in the box head, the last example of Detectron2's "Write
 * Models" page. {@link dev.millrace.plugins.rcnnoutput.MyRcnnOutput} has the loss, {@link
 * dev.millrace.plugins.rcnnoutput.MyStandardRoiHeads} takes it by explicit argument.
 */
@NullMarked
package dev.millrace.plugins.rcnnoutput;

import org.jspecify.annotations.NullMarked;
