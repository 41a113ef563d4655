package dev.millrace.pipeline.stream;

import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.FrameRecord;

/** A frame that could not be decoded or processed; it goes to the dead letters. */
public record Rejected(FrameRecord record, DeadLetterReason reason) implements Decoded, Outcome {}
