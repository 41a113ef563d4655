package dev.millrace.components.modeling.postprocess;

import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.Segment;
import java.util.ArrayList;
import java.util.List;

/** Which segment every pixel of a frame belongs to, 0 for none; filled segment by segment. */
final class SegmentMap {

  private final int height;
  private final int width;
  private final int[] ids; // column by column, as runs go
  private final List<Named> segments = new ArrayList<>();

  /** A segment without its pixels. */
  private record Named(boolean thing, int classId, String label, float score) {}

  SegmentMap(int height, int width) {
    this.height = height;
    this.width = width;
    ids = new int[height * width];
  }

  /** Pixels of a mask that belong to a segment already. */
  int taken(Rle mask) {
    int[] runs = mask.runs();
    int taken = 0;
    int at = 0;
    for (int i = 0; i < runs.length; at += runs[i], i++) {
      for (int p = at; i % 2 == 1 && p < at + runs[i]; p++) {
        taken += ids[p] > 0 ? 1 : 0;
      }
    }
    return taken;
  }

  /** A new segment of an object's pixels that belong to none yet. */
  void thing(Rle mask, int classId, String label, float score) {
    segments.add(new Named(true, classId, label, score));
    int[] runs = mask.runs();
    int at = 0;
    for (int i = 0; i < runs.length; at += runs[i], i++) {
      for (int p = at; i % 2 == 1 && p < at + runs[i]; p++) {
        ids[p] = ids[p] > 0 ? ids[p] : segments.size();
      }
    }
  }

  /**
   * A new segment for each class of pixels that belong to none yet, in ascending order.
   *
   * @param labels the class of each pixel, row by row
   * @param first the lowest class that becomes a segment
   * @param leastArea pixels that a class needs to become one
   */
  void stuff(int[] labels, int first, int leastArea, ClassNames names) {
    int most = 0;
    for (int label : labels) {
      most = Math.max(most, label);
    }
    int[] areas = new int[most + 1];
    for (int x = 0, p = 0; x < width; x++) {
      for (int y = 0; y < height; y++, p++) {
        areas[labels[y * width + x]] += ids[p] == 0 ? 1 : 0;
      }
    }
    int[] idOf = new int[most + 1];
    for (int label = first; label <= most; label++) {
      if (areas[label] >= Math.max(1, leastArea)) {
        segments.add(new Named(false, label, names.of(label), 1));
        idOf[label] = segments.size();
      }
    }
    for (int x = 0, p = 0; x < width; x++) {
      for (int y = 0; y < height; y++, p++) {
        ids[p] = ids[p] > 0 ? ids[p] : idOf[labels[y * width + x]];
      }
    }
  }

  /** The name of a class of pixels. */
  @FunctionalInterface
  interface ClassNames {
    String of(int classId);

    /** Those of a list; a number for those that it lacks. */
    static ClassNames of(List<String> names, String otherwise) {
      return id -> id < names.size() ? names.get(id) : otherwise + " " + id;
    }
  }

  /** All segments with their pixels, by ascending id. */
  List<Segment> segments() {
    Rle.Builder[] runs = new Rle.Builder[segments.size()];
    int[] ends = new int[segments.size()];
    int[] areas = new int[segments.size()];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = new Rle.Builder(height, width);
    }
    int to;
    for (int from = 0; from < ids.length; from = to) {
      to = from + 1;
      while (to < ids.length && ids[to] == ids[from]) {
        to++;
      }
      int segment = ids[from] - 1;
      if (segment >= 0) {
        runs[segment].add(false, from - ends[segment]);
        runs[segment].add(true, to - from);
        ends[segment] = to;
        areas[segment] += to - from;
      }
    }
    List<Segment> all = new ArrayList<>();
    for (int i = 0; i < runs.length; i++) {
      runs[i].add(false, ids.length - ends[i]);
      Mask mask = runs[i].build().toMask();
      Named named = segments.get(i);
      all.add(
          new Segment(
              i + 1, named.thing(), named.classId(), named.label(), named.score(), areas[i], mask));
    }
    return all;
  }
}
