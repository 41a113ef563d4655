package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pictures of a dataset teach what a model is to learn. For keypoints those with at least one
 * that is labelled: Detectron2's {@code filter_images_with_few_keypoints}; otherwise all.
 */
final class TaughtPictures {

  private static final Logger LOG = LoggerFactory.getLogger(TaughtPictures.class);
  private static final String PATH = "training.train.dataset";

  private final Dataset all;
  private final Lessons lessons;

  private TaughtPictures(Dataset all, Lessons lessons) {
    this.all = all;
    this.lessons = lessons;
  }

  /**
   * @throws ConfigException if none of them does, or objects have another number of keypoints
   */
  static Dataset of(Dataset all, Lessons lessons) {
    TaughtPictures pictures = new TaughtPictures(all, lessons);
    if (lessons.masks()) {
      pictures.checkOutlines();
    }
    return lessons.keypoints().size() == 0 ? all : pictures.withKeypoints();
  }

  private Stream<TrueBox> objects(int index) {
    return all.boxes(index).stream()
        .filter(box -> !box.crowd() && lessons.classes().containsKey(box.categoryId()));
  }

  private void checkOutlines() {
    boolean any =
        !all.boxesAlone()
            && IntStream.range(0, all.images().size())
                .anyMatch(i -> objects(i).anyMatch(box -> box.outline() != null));
    if (!any) {
      throw new ConfigException(
          PATH,
          "the model has a mask head, but no object of its classes in "
              + all.name()
              + " has an outline (COCO's segmentation).",
          "Outline some, or leave out maskHead and maskPooler of the model.");
    }
  }

  private Dataset withKeypoints() {
    List<Integer> kept =
        all.boxesAlone()
            ? List.of()
            : IntStream.range(0, all.images().size()).filter(this::hasKeypoints).boxed().toList();
    if (kept.isEmpty()) {
      throw new ConfigException(
          PATH,
          "the model has a keypoint head, but no object of its classes in "
              + all.name()
              + " has a labelled keypoint.",
          "Mark some, or leave out keypointHead and keypointPooler of the model.");
    }
    int left = all.images().size() - kept.size();
    if (left == 0) {
      return all;
    }
    LOG.info("{} pictures of {} have no keypoint and are left out", left, all.name());
    return all.only(kept);
  }

  private boolean hasKeypoints(int index) {
    boolean any = false;
    for (TrueBox object : objects(index).toList()) {
      int found = object.keypoints().size();
      if (found > 0 && found != lessons.keypoints().size()) {
        throw new ConfigException(
            PATH,
            "the model has %d keypoints, an object of the picture %s has %d."
                .formatted(lessons.keypoints().size(), all.images().get(index).fileName(), found),
            "Choose a dataset with the model's keypoints, or correct the keypoint head.");
      }
      any |= object.keypoints().stream().anyMatch(TrueKeypoint::labelled);
    }
    return any;
  }
}
