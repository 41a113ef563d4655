package dev.millrace.connectors.street;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Canvases of one size, lent and given back. Thread-safe. */
final class Canvases {
  private final int width;
  private final int height;
  private final Queue<Canvas> free = new ConcurrentLinkedQueue<>();

  Canvases(int width, int height) {
    this.width = width;
    this.height = height;
  }

  Canvas take() {
    Canvas canvas = free.poll();
    return canvas == null ? new Canvas(width, height) : canvas;
  }

  void give(Canvas canvas) {
    free.add(canvas);
  }
}
