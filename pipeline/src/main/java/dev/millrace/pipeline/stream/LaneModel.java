package dev.millrace.pipeline.stream;

import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.DetectionEvent;

/** What a lane runs: a detector that is confined to it, and the name that its events carry. */
public record LaneModel(DetectionEvent.Revision revision, Detector detector) {}
