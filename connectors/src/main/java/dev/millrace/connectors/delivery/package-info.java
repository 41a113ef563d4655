/**
 * What it takes to deliver frames at least once, whatever they are read from:
 *
 * <pre>
 *               FrameDelivery
 *  record --> [ Credits: frames and bytes ] --> FrameOutlet --(demand)--> subscriber
 *                  ^                               |                         |
 *                  | released                      | entered on emission     |
 *                  +------- PartitionLedger <------+------ acknowledge ------+
 *                           one per partition and epoch;
 *                           its OffsetTracker's first incomplete offset is what may be committed
 * </pre>
 */
@NullMarked
package dev.millrace.connectors.delivery;

import org.jspecify.annotations.NullMarked;
