package dev.millrace.pipeline.dataset;

import dev.millrace.components.image.Frame;
import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.connectors.street.StreetClass;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Synthetic streets; nothing is stored. What need not be found is a crowd. */
public final class StreetPictures implements Dataset {

  private final String name;
  private final StreetDataset streets;
  private final List<Image> images;

  /**
   * @param count pictures
   */
  public StreetPictures(String name, StreetDataset streets, int count) {
    this.name = name;
    this.streets = streets;
    this.images =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new Image(
                        i + 1L,
                        String.format(Locale.ROOT, "%06d.jpg", i),
                        streets.options().width(),
                        streets.options().height()))
            .toList();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Category> categories() {
    return Arrays.stream(StreetClass.values())
        .map(each -> new Category(each.cocoId(), each.label()))
        .toList();
  }

  @Override
  public List<Image> images() {
    return images;
  }

  @Override
  public boolean boxesAlone() {
    return true;
  }

  @Override
  public int neighbours() {
    return streets.moments();
  }

  @Override
  public LabelledFrame load(int index) {
    StreetFrame street = streets.image(index);
    return new LabelledFrame(
        new Frame(street.width(), street.height(), street.bgr()),
        boxes(images.get(index).id(), street.truth()));
  }

  private static List<TrueBox> boxes(long image, GroundTruth truth) {
    List<TrueBox> boxes = new ArrayList<>();
    truth.objects().forEach(object -> boxes.add(box(image, object, false)));
    truth.ignored().forEach(object -> boxes.add(box(image, object, true)));
    return boxes;
  }

  private static TrueBox box(long image, TrueObject object, boolean crowd) {
    return new TrueBox(
        image,
        StreetClass.values()[object.classId()].cocoId(),
        object.x1(),
        object.y1(),
        object.x2(),
        object.y2(),
        object.area(),
        crowd);
  }
}
