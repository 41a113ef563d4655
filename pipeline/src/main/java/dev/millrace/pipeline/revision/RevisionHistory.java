package dev.millrace.pipeline.revision;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The last revisions, and always the live one. Thread-safe. */
final class RevisionHistory {

  private final int limit;
  private final NavigableMap<Long, Revision> revisions = new TreeMap<>();

  RevisionHistory(int limit) {
    this.limit = limit;
  }

  synchronized void put(Revision revision) {
    revisions.put(revision.id(), revision);
    Iterator<Revision> oldest = revisions.values().iterator();
    while (revisions.size() > limit && oldest.hasNext()) {
      if (over(oldest.next())) {
        oldest.remove();
      }
    }
  }

  /** Newest first. */
  synchronized List<Revision> all() {
    List<Revision> all = new ArrayList<>(revisions.values());
    Collections.reverse(all);
    return all;
  }

  private static boolean over(Revision revision) {
    return switch (revision.state()) {
      case CLOSED, REFUSED, FAILED -> true;
      default -> false;
    };
  }
}
