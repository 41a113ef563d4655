package dev.millrace.pipeline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.Frame;
import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Image;
import dev.millrace.pipeline.dataset.LabelledFrame;
import dev.millrace.pipeline.dataset.Outline;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.dataset.TrueKeypoint;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TaughtPicturesTest {

  private static final Outline OUTLINE =
      new Outline.Polygons(List.of(new double[] {0, 0, 4, 0, 0, 4}));
  private static final Lessons KEYPOINTS = lessons(false, 2);

  /** Pictures that are not to be looked at. */
  private record Listed(List<List<TrueBox>> all) implements Dataset {
    @Override
    public String name() {
      return "a folder";
    }

    @Override
    public List<Category> categories() {
      return List.of(new Category(9, "person"));
    }

    @Override
    public List<Image> images() {
      return LongStream.range(0, all.size()).mapToObj(i -> new Image(i, i + ".jpg", 8, 8)).toList();
    }

    @Override
    public List<TrueBox> boxes(int index) {
      return all.get(index);
    }

    @Override
    public LabelledFrame load(int index) {
      return new LabelledFrame(new Frame(8, 8, new byte[3 * 8 * 8]), boxes(index));
    }
  }

  private static Lessons lessons(boolean masks, int keypoints) {
    return new Lessons(Map.of(9L, 0), masks, KeypointOrder.of(keypoints, null, false));
  }

  private static Dataset of(TrueBox... one) {
    return new Listed(Arrays.stream(one).map(List::of).toList());
  }

  private static TrueBox box(long category, boolean crowd, Outline outline, Boolean... labelled) {
    List<TrueKeypoint> keypoints =
        Arrays.stream(labelled).map(known -> new TrueKeypoint(1, 1, known)).toList();
    return new TrueBox(0, category, 0, 0, 4, 4, 8, crowd, outline, keypoints);
  }

  @Test
  void thoseWithoutAKeypointAreLeftOut() {
    TrueBox good = box(9, false, null, false, true);
    Dataset all =
        of(
            box(9, false, null),
            good,
            box(9, false, null, false, false),
            box(9, true, null, true, true),
            box(3, false, null, true, true, true),
            good);
    Dataset taught = TaughtPictures.of(all, KEYPOINTS);
    assertThat(taught.images()).extracting(Image::fileName).containsExactly("1.jpg", "5.jpg");
    assertThat(taught.load(1).boxes()).containsExactly(good);
    assertThat(taught.boxes(0)).containsExactly(good);
    assertThat(taught.name()).isEqualTo("2 of a folder");
    Dataset whole = of(good, good);
    assertThat(TaughtPictures.of(whole, KEYPOINTS)).isSameAs(whole);
    assertThat(TaughtPictures.of(all, lessons(false, 0))).isSameAs(all);
  }

  @Test
  void oneOutlineIsEnough() {
    Dataset all = of(box(9, false, null), box(9, false, OUTLINE));
    assertThat(TaughtPictures.of(all, lessons(true, 0))).isSameAs(all);
    assertThatThrownBy(
            () ->
                TaughtPictures.of(
                    of(box(9, false, null), box(3, false, OUTLINE), box(9, true, OUTLINE)),
                    lessons(true, 0)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no object of its classes in a folder has an outline");
  }

  @Test
  void noneIsRefusedAndSoIsAnotherNumber() {
    assertThatThrownBy(() -> TaughtPictures.of(of(box(9, false, null, false, false)), KEYPOINTS))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no object of its classes in a folder has a labelled keypoint");
    Boolean[] five = Collections.nCopies(5, true).toArray(new Boolean[0]);
    assertThatThrownBy(() -> TaughtPictures.of(of(box(9, false, null, five)), KEYPOINTS))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("2 keypoints, an object of the picture 0.jpg has 5");
  }
}
