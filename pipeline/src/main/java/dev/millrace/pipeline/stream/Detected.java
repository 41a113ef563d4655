package dev.millrace.pipeline.stream;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FrameRecord;

/** A frame that a model looked at, and what it saw. */
public record Detected(FrameRecord record, DetectionEvent event) implements Outcome {}
