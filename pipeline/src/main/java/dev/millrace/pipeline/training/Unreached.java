package dev.millrace.pipeline.training;

import dev.millrace.components.training.TrainableModel;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the first steps for parameters that no loss pulls at: a component that copies an array
 * through Java cuts all that is before it off, and training looks as if it went on. Confined to one
 * thread.
 */
final class Unreached {

  private static final Logger LOG = LoggerFactory.getLogger(Unreached.class);

  /** Enough for a batch that has objects: without any, no loss pulls at the boxes' layers. */
  private static final int STEPS = 20;

  private static final int NAMED = 3;

  private final Set<String> names = new TreeSet<>();
  private int seen;

  /** What a step found, before it is used. */
  void see(TrainableModel.Gradients found) {
    if (seen == STEPS) {
      return;
    }
    List<String> now = found.unreached();
    if (seen++ == 0) {
      names.addAll(now);
    } else {
      names.retainAll(now);
    }
    if (seen == STEPS && !names.isEmpty()) {
      LOG.warn(message(found.gradients().size()));
    }
  }

  /** Those that had a gradient in no step so far. */
  Set<String> names() {
    return names;
  }

  private String message(int all) {
    return "no loss reached "
        + names.size()
        + " of "
        + all
        + " parameters in "
        + STEPS
        + " steps: they do not learn ("
        + String.join(", ", names.stream().limit(NAMED).toList())
        + (names.size() > NAMED ? ", ..." : "")
        + "). A component before the losses may copy arrays through Java; what shall not learn,"
        + " training.freeze names.";
  }
}
