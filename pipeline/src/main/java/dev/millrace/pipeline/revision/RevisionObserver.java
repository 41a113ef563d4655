package dev.millrace.pipeline.revision;

/** Told of every change of a revision's state, on the builder's or the requester's thread. */
@FunctionalInterface
public interface RevisionObserver {
  void changed(Revision revision);
}
