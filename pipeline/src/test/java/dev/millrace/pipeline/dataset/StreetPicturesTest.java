package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.GroundTruth.TrueObject;
import dev.millrace.connectors.street.StreetClass;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetFrame;
import dev.millrace.connectors.street.StreetOptions;
import dev.millrace.connectors.street.StreetSplit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreetPicturesTest {

  private static final StreetOptions SMALL = StreetOptions.DEFAULT.withSize(128, 72);

  private static StreetDataset streets(int moments) {
    return new StreetDataset(StreetSplit.TEST, 5, SMALL, moments);
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

  @Test
  void whatNeedNotBeFoundIsACrowd() {
    Dataset pictures = new StreetPictures("streets", streets(1), 12);
    int crowds = 0;
    for (int i = 0; i < 12; i++) {
      StreetFrame frame = streets(1).image(i);
      long id = pictures.images().get(i).id();
      List<TrueBox> expected = new ArrayList<>();
      frame.truth().objects().forEach(object -> expected.add(box(id, object, false)));
      frame.truth().ignored().forEach(object -> expected.add(box(id, object, true)));
      LabelledFrame picture = pictures.load(i);
      assertThat(picture.boxes()).containsExactlyElementsOf(expected);
      assertThat(picture.frame().bgr()).isEqualTo(frame.bgr());
      crowds += frame.truth().ignored().size();
    }
    assertThat(crowds).as("there are some to be seen").isPositive();
  }

  @Test
  void imagesSayTheSizeThatTheyHave() {
    Dataset pictures = new StreetPictures("streets", streets(1), 3);
    assertThat(pictures.images())
        .containsExactly(
            new Image(1, "000000.jpg", 128, 72),
            new Image(2, "000001.jpg", 128, 72),
            new Image(3, "000002.jpg", 128, 72));
    assertThat(pictures.load(2).frame().width()).isEqualTo(128);
    assertThat(pictures.load(2).frame().height()).isEqualTo(72);
    assertThat(pictures.categories())
        .extracting(Category::name)
        .containsExactlyElementsOf(StreetClass.labels());
  }

  @Test
  void momentsOfAStreetAreNeighbours() {
    Dataset pictures = new StreetPictures("streets", streets(4), 10);
    assertThat(pictures.neighbours()).isEqualTo(4);
    Dataset five = pictures.limit(5);
    assertThat(five.neighbours()).isEqualTo(4);
    assertThat(five.images()).isEqualTo(pictures.images().subList(0, 5));
    assertThat(five.load(4).boxes()).isEqualTo(pictures.load(4).boxes());
    assertThat(five.name()).isEqualTo("the first 5 of streets");
  }
}
