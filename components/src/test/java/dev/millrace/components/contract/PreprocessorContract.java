package dev.millrace.components.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.InputImage;
import dev.millrace.components.modeling.Preprocessor;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every preprocessor must do. */
public abstract class PreprocessorContract {

  /** A new one. */
  protected abstract Preprocessor preprocessor();

  private static Frame frame(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(width).nextBytes(pixels);
    return new Frame(width, height, pixels);
  }

  private static List<Frame> frames() {
    return List.of(frame(64, 48), frame(48, 64), frame(1, 1), frame(1000, 3), frame(333, 217));
  }

  @Test
  void imagesOfAnySizeBecomeInputsThatKnowTheirSource() {
    for (Frame frame : frames()) {
      InputImage image = preprocessor().preprocess(frame);
      assertThat(image.height()).isPositive();
      assertThat(image.width()).isPositive();
      assertThat(image.sourceHeight()).isEqualTo(frame.height());
      assertThat(image.sourceWidth()).isEqualTo(frame.width());
    }
  }

  @Test
  void theSameFrameGivesTheSameInputAndStaysAsItIs() {
    Preprocessor preprocessor = preprocessor();
    for (Frame frame : frames()) {
      byte[] before = frame.bgr().clone();
      byte[] once = preprocessor.preprocess(frame).pixels();
      assertThat(preprocessor.preprocess(frame).pixels()).isEqualTo(once);
      assertThat(frame.bgr()).isEqualTo(before);
    }
  }

  @Test
  void severalThreadsMayAskAtOnce() {
    Preprocessor preprocessor = preprocessor();
    List<byte[]> alone =
        frames().stream().map(frame -> preprocessor.preprocess(frame).pixels()).toList();
    List<Frame> frames = frames();
    List<byte[]> together =
        IntStream.range(0, 40)
            .parallel()
            .mapToObj(i -> preprocessor.preprocess(frames.get(i % frames.size())).pixels())
            .toList();
    for (int i = 0; i < together.size(); i++) {
      assertThat(together.get(i)).isEqualTo(alone.get(i % alone.size()));
    }
  }
}
