package dev.millrace.connectors.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Frames in the order of their partition; partitions take turns. For one thread at a time. */
final class FairQueue {

  private record Line(PartitionLedger ledger, ArrayDeque<FrameOutlet.Waiting> frames) {}

  /** None is empty; whoever is first has its turn. */
  private final ArrayDeque<Line> turns = new ArrayDeque<>();

  private final Map<PartitionLedger, Line> lines = new HashMap<>();

  void add(FrameOutlet.Waiting entry) {
    Line line = lines.get(entry.ledger());
    if (line == null) {
      line = new Line(entry.ledger(), new ArrayDeque<>());
      lines.put(entry.ledger(), line);
      turns.add(line);
    }
    line.frames().add(entry);
  }

  /** What {@link #poll()} would take. */
  FrameOutlet.@Nullable Waiting peek() {
    Line line = turns.peek();
    return line == null ? null : line.frames().element();
  }

  FrameOutlet.@Nullable Waiting poll() {
    Line line = turns.poll();
    if (line == null) {
      return null;
    }
    FrameOutlet.Waiting entry = line.frames().remove();
    if (line.frames().isEmpty()) {
      lines.remove(line.ledger());
    } else {
      turns.add(line);
    }
    return entry;
  }

  boolean isEmpty() {
    return turns.isEmpty();
  }

  /** Takes out what waits of partitions that were taken away. */
  List<FrameOutlet.Waiting> removeWithdrawn() {
    List<FrameOutlet.Waiting> removed = new ArrayList<>();
    for (Line line : List.copyOf(turns)) {
      if (line.ledger().withdrawn()) {
        turns.remove(line);
        lines.remove(line.ledger());
        removed.addAll(line.frames());
      }
    }
    return removed;
  }
}
