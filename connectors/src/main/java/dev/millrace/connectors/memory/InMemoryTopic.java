package dev.millrace.connectors.memory;

import dev.millrace.connectors.FramePosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Frames in partitions, and what was committed of them. Outlives the sources that read it, as a
 * topic does. Thread-safe.
 */
public final class InMemoryTopic {

  /** A frame as it lies in a partition. */
  @SuppressWarnings("ArrayRecordComponent") // an image, compared by nobody
  record Stored(String camera, byte[] value, Instant capturedAt, Map<String, String> headers) {}

  private final String name;
  private final List<List<Stored>> partitions = new ArrayList<>();
  private final long[] committed;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private boolean sealed;

  /**
   * @param partitions how many, at least 1
   */
  public InMemoryTopic(String name, int partitions) {
    this.name = name;
    for (int i = 0; i < partitions; i++) {
      this.partitions.add(new ArrayList<>());
    }
    this.committed = new long[partitions];
  }

  public String name() {
    return name;
  }

  public int partitions() {
    return partitions.size();
  }

  /** Adds a frame to its camera's partition. */
  public FramePosition publish(
      String camera, byte[] value, Instant capturedAt, Map<String, String> headers) {
    return publish(
        Math.floorMod(camera.hashCode(), partitions.size()), camera, value, capturedAt, headers);
  }

  /** Adds a frame to a partition. */
  public FramePosition publish(
      int partition, String camera, byte[] value, Instant capturedAt, Map<String, String> headers) {
    FramePosition position;
    synchronized (this) {
      if (sealed) {
        throw new IllegalStateException(name + " is sealed: no frame comes after its end");
      }
      List<Stored> log = partitions.get(partition);
      position = new FramePosition(name, partition, log.size());
      log.add(new Stored(camera, value, capturedAt, Map.copyOf(headers)));
    }
    listeners.forEach(Runnable::run);
    return position;
  }

  /** No frame will come any more: sources complete when they have emitted what is there. */
  public void seal() {
    synchronized (this) {
      sealed = true;
    }
    listeners.forEach(Runnable::run);
  }

  /** The offset from which a new source reads the partition. */
  public synchronized long committed(int partition) {
    return committed[partition];
  }

  /** The offset that the partition's next frame gets. */
  public synchronized long end(int partition) {
    return partitions.get(partition).size();
  }

  synchronized void commit(int partition, long offset) {
    committed[partition] = Math.max(committed[partition], offset);
  }

  synchronized @Nullable Stored at(int partition, long offset) {
    List<Stored> log = partitions.get(partition);
    return offset < log.size() ? log.get((int) offset) : null;
  }

  synchronized boolean isSealed() {
    return sealed;
  }

  void listen(Runnable listener) {
    listeners.add(listener);
  }

  void forget(Runnable listener) {
    listeners.remove(listener);
  }
}
