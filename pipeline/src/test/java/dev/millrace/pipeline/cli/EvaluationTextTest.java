package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.dataset.Category;
import dev.millrace.pipeline.evaluation.CocoAp;
import dev.millrace.pipeline.evaluation.Evaluation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTextTest {

  private static final List<Category> CATEGORIES =
      List.of(new Category(1, "person"), new Category(2, "car"), new Category(3, "bus"));
  private static final CocoAp BOXES = new CocoAp(0.5, 0.75, 0.25, Map.of(1L, 0.4, 2L, 0.6));
  private static final CocoAp MASKS = new CocoAp(0.25, 0.5, 0.125, Map.of(1L, 0.3, 2L, 0.2));
  private static final CocoAp KEYPOINTS = new CocoAp(0.625, 0.875, 0.5, Map.of(1L, 0.625));

  @Test
  void boxesAlone() {
    Evaluation.Report report = new Evaluation.Report(BOXES, null, null, 8, 2);
    assertThat(EvaluationText.table(report, CATEGORIES))
        .containsExactly(
            "AP   0.5000",
            "AP50 0.7500",
            "AP75 0.2500",
            "8 images, 4.0 a second, decoding included",
            "AP   0.4000  person",
            "AP   0.6000  car");
    assertThat(EvaluationText.json(report))
        .isEqualTo(
            "{\"AP\":0.5000,\"AP50\":0.7500,\"AP75\":0.2500,\"images\":8,\"imagesPerSecond\":4.00}");
  }

  @Test
  void whatIsNotDefinedIsNullInJson() {
    CocoAp none = new CocoAp(Double.NaN, Double.NaN, Double.NaN, Map.of());
    assertThat(EvaluationText.json(new Evaluation.Report(none, none, null, 8, 0)))
        .isEqualTo(
            "{\"AP\":null,\"AP50\":null,\"AP75\":null,"
                + "\"masks\":{\"AP\":null,\"AP50\":null,\"AP75\":null},"
                + "\"images\":8,\"imagesPerSecond\":null}");
  }

  @Test
  void masksAndKeypointsBesideThem() {
    Evaluation.Report report = new Evaluation.Report(BOXES, MASKS, KEYPOINTS, 8, 2);
    assertThat(EvaluationText.table(report, CATEGORIES))
        .containsExactly(
            "     boxes   masks   keypoints",
            "AP   0.5000  0.2500  0.6250",
            "AP50 0.7500  0.5000  0.8750",
            "AP75 0.2500  0.1250  0.5000",
            "8 images, 4.0 a second, decoding included",
            "AP   0.4000  0.3000  0.6250  person",
            "AP   0.6000  0.2000  -  car");
    assertThat(EvaluationText.json(report))
        .isEqualTo(
            "{\"AP\":0.5000,\"AP50\":0.7500,\"AP75\":0.2500,"
                + "\"masks\":{\"AP\":0.2500,\"AP50\":0.5000,\"AP75\":0.1250},"
                + "\"keypoints\":{\"AP\":0.6250,\"AP50\":0.8750,\"AP75\":0.5000},"
                + "\"images\":8,\"imagesPerSecond\":4.00}");
  }
}
