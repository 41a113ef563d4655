package dev.millrace.pipeline.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Frames that wait for a lane, in the order in which they came. A batch is made of the oldest
 * frame's size; frames of another size are passed over, and with them whatever follows of the same
 * partition, so that no camera's frames ever overtake each other. Used by one thread at a time.
 */
final class WaitingFrames {

  private record Waiting(Decoded frame, long since) {}

  private record Size(int width, int height) {}

  private record Partition(String topic, int number) {
    static Partition of(Decoded frame) {
      var position = frame.record().position();
      return new Partition(position.topic(), position.partition());
    }
  }

  private final List<Waiting> frames = new ArrayList<>();

  void add(Decoded frame, long now) {
    frames.add(new Waiting(frame, now));
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  int size() {
    return frames.size();
  }

  /** When the oldest came. */
  long oldest() {
    return frames.get(0).since();
  }

  /** How many frames the next batch would have, without a limit. */
  int batchSize() {
    return choose(Integer.MAX_VALUE, false).size();
  }

  /** Removes and returns the next batch of at most {@code most} items. */
  FrameBatch take(int most) {
    return new FrameBatch(choose(most, true));
  }

  void clear() {
    frames.clear();
  }

  private List<Decoded> choose(int most, boolean remove) {
    List<Decoded> chosen = new ArrayList<>();
    Set<Partition> passedOver = new HashSet<>();
    Size size = null;
    for (Iterator<Waiting> all = frames.iterator(); all.hasNext() && chosen.size() < most; ) {
      Decoded frame = all.next().frame();
      Partition partition = Partition.of(frame);
      if (passedOver.contains(partition)) {
        continue;
      }
      if (frame instanceof DecodedFrame decoded) {
        Size its = new Size(decoded.pixels().width(), decoded.pixels().height());
        if (size == null) {
          size = its;
        } else if (!size.equals(its)) {
          passedOver.add(partition);
          continue;
        }
      }
      chosen.add(frame);
      if (remove) {
        all.remove();
      }
    }
    return chosen;
  }
}
