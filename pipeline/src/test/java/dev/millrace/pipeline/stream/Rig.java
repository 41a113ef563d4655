package dev.millrace.pipeline.stream;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detector;
import dev.millrace.connectors.DeadLetterReason;
import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.FrameRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A pipeline of fakes. Its frames are texts: {@code WIDTHxHEIGHT:firstByte}, or {@code bad}. */
public final class Rig implements AutoCloseable {

  final FakeSource source = new FakeSource();
  final FakeSink sink = new FakeSink();
  final FakeDetector.Count count = new FakeDetector.Count();
  public final List<Lane> lanes = new ArrayList<>();
  final FramePipeline pipeline;

  Rig(int lanes, FlowSettings settings, Function<FakeDetector.Count, Detector> model) {
    this(lanes, settings, model, new FlowObserver() {});
  }

  Rig(
      int lanes,
      FlowSettings settings,
      Function<FakeDetector.Count, Detector> model,
      FlowObserver observer) {
    for (int i = 0; i < lanes; i++) {
      Lane lane = new Lane(i, observer);
      lane.switchTo(new LaneModel(revision(1), model.apply(count))).block();
      this.lanes.add(lane);
    }
    pipeline = FramePipeline.start(source, Rig::decoder, this.lanes, sink, settings, observer);
  }

  static DetectionEvent.Revision revision(long id) {
    return new DetectionEvent.Revision(id, "sha256:c" + id, "sha256:w" + id);
  }

  static Frame decode(FrameRecord record) {
    String text = new String(record.value(), StandardCharsets.US_ASCII);
    if (text.equals("bad")) {
      throw new UndecodableFrameException(new DeadLetterReason("undecodable", "no picture"));
    }
    String[] parts = text.split("[x:]");
    int width = Integer.parseInt(parts[0]);
    int height = Integer.parseInt(parts[1]);
    byte[] pixels = new byte[3 * width * height];
    pixels[0] = Byte.parseByte(parts[2]);
    return new Frame(width, height, pixels);
  }

  /** Decodes such texts. */
  public static FrameDecoder decoder() {
    return new FrameDecoder() {
      @Override
      public Frame decode(FrameRecord record) {
        return Rig.decode(record);
      }

      @Override
      public long pixelBytes(FrameRecord record) {
        String text = new String(record.value(), StandardCharsets.US_ASCII);
        return text.equals("bad") ? 0 : Rig.decode(record).bgr().length;
      }
    };
  }

  /** Waits until the condition holds; fails after 20 s. */
  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited 20 s for: " + what);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  /** Lets what is in flight finish, then closes all. */
  void finish() {
    if (!pipeline.stop(Duration.ofSeconds(20))) {
      throw new AssertionError("not finished, " + source.framesInFlight() + " frames in flight");
    }
  }

  @Override
  public void close() {
    pipeline.stop(Duration.ofMillis(1));
    sink.close();
    pipeline.close();
    lanes.forEach(Lane::close);
    if (!count.violations.isEmpty()) {
      throw new AssertionError(count.violations.toString());
    }
    if (count.created.get() != count.closed.get()) {
      throw new AssertionError(count.created + " created, " + count.closed + " closed");
    }
  }
}
