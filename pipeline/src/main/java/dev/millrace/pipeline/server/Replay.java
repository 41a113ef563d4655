package dev.millrace.pipeline.server;

import dev.millrace.components.image.NativeCount;
import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.pipeline.config.PipelineConfig;
import dev.millrace.pipeline.stream.FlowObserver;
import dev.millrace.pipeline.stream.FramePipeline;
import dev.millrace.pipeline.stream.Lane;
import dev.millrace.pipeline.stream.LaneModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Frames that end, through one model that does not change: the flow of a server, once. */
public final class Replay {

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private Replay() {}

  /**
   * Runs until the source has ended and every frame is answered.
   *
   * @param configHash what events say of the configuration
   * @param detectors one for each lane; closed on their lanes at the end
   * @param source not closed
   * @param sink not closed
   * @throws ExecutionException if the flow fails; its cause says why
   */
  public static void run(
      PipelineConfig settings,
      String configHash,
      List<Detector> detectors,
      FrameSource source,
      EventSink sink,
      FlowObserver observer)
      throws InterruptedException, ExecutionException {
    List<Lane> lanes = new ArrayList<>();
    NativeCount decoders = new NativeCount();
    try {
      for (int i = 0; i < detectors.size(); i++) {
        Lane lane = new Lane(i, observer);
        lanes.add(lane);
        Detector detector = detectors.get(i);
        DetectionEvent.Revision revision =
            new DetectionEvent.Revision(1, configHash, detector.weightsHash());
        lane.switchTo(new LaneModel(revision, detector)).block();
      }
      try (FramePipeline pipeline =
          FramePipeline.start(
              source,
              () -> new ImageFrameDecoder(FlowOptions.limits(settings), decoders),
              lanes,
              sink,
              FlowOptions.flow(settings),
              observer)) {
        try {
          pipeline.ended().get();
        } catch (InterruptedException e) {
          pipeline.stop(DEADLINE);
          throw e;
        }
      }
    } finally {
      lanes.forEach(Lane::close);
    }
  }
}
