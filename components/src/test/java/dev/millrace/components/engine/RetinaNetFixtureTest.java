package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.testing.Npy;
import dev.millrace.components.testing.RetinaNetFixture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Detectron2's own RetinaNet, as {@link Detectron2FixturesTest} does it for Faster R-CNN. */
class RetinaNetFixtureTest {

  private static final String NAME = RetinaNetFixture.NAME;

  /** The model's own stages, and between them what Detectron2 wrote out beside. */
  private static List<Stage> all(RetinaNetFixture d2) {
    List<Stage> all = new ArrayList<>(d2.model.stages());
    all.add(1, new Stage("bottom_up", "test", (f, v) -> bottomUp(d2, f, v)));
    all.add(3, new Stage("anchors", "test", (f, v) -> anchors(d2, f, v)));
    return all;
  }

  private static void bottomUp(RetinaNetFixture d2, Forward f, Values v) {
    d2.bottomUp
        .forward(f, v.get("image"))
        .maps()
        .forEach((name, map) -> v.put("bottom_up_" + name, map));
  }

  private static void anchors(RetinaNetFixture d2, Forward f, Values v) {
    for (int level = 0; level < RetinaNetFixture.LEVELS.size(); level++) {
      String name = RetinaNetFixture.LEVELS.get(level);
      Shape map = v.get("features." + name).getShape();
      float[] boxes = d2.anchors.anchors(level, (int) map.get(2), (int) map.get(3));
      v.put("anchors_" + name, f.manager().create(boxes, new Shape(boxes.length / 4, 4)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eager, img0", "eager, img1", "eager, img2", "eager, batch",
    "compiled, img0", "compiled, img1", "compiled, img2", "compiled, batch"
  })
  void fromTheRawPictures(String mode, String tag) {
    Detectron2Run run = new Detectron2Run(NAME, tag);
    RetinaNetFixture d2 = new RetinaNetFixture();
    ImageBatch batch = Detectron2FixturesTest.resized(run, d2.model.sizeDivisibility());
    run.hasResizedPictures(batch);
    boolean eager = mode.equals("eager");
    Plan plan = Models.plan(d2.model, batch.height(), batch.width());
    assertThat(plan.groups()).hasSize(1);
    assertThat(plan.groups().get(0).reasons()).isEmpty();
    Weights weights = Detectron2FixturesTest.weights(d2.model, NAME, "checkpoint.pkl");
    Map<String, HostArray> given = Detectron2Run.given(batch);
    var worst = new Detectron2FixturesTest.Worst(NAME + " " + mode + " " + tag + " from pictures");

    Map<String, HostArray> found = Detectron2Stages.run(all(d2), given, eager, weights);
    Set<String> left = new TreeSet<>(run.files().keySet());
    Detectron2FixturesTest.compareStages(run, found, worst, left);
    Detectron2FixturesTest.compareImages(run, found, batch, worst, left);
    assertThat(left).as("files that nothing was compared with").isEmpty();

    Map<String, HostArray> lean = new LinkedHashMap<>(given);
    for (Part part :
        Plan.of(d2.model, eager, batch.height(), batch.width(), LoadedModel.RESULTS)
            .parts(weights, Models.CPU)) {
      lean.putAll(part.run(lean));
      part.close();
    }
    Detectron2FixturesTest.compareImages(run, lean, batch, worst, new TreeSet<>());
    worst.print();
    weights.release();
  }

  @ParameterizedTest
  @ValueSource(strings = {"eager", "compiled"})
  void everyStageFromDetectron2sOwnInputs(String mode) {
    Detectron2Run run = new Detectron2Run(NAME, "img0");
    RetinaNetFixture d2 = new RetinaNetFixture();
    ImageBatch batch = Detectron2FixturesTest.resized(run, d2.model.sizeDivisibility());
    Models.plan(d2.model, batch.height(), batch.width());
    Weights weights = Detectron2FixturesTest.weights(d2.model, NAME, "checkpoint.pkl");
    Map<String, Npy> files = run.files();
    Map<String, HostArray> theirs = new LinkedHashMap<>(Detectron2Run.given(batch));
    files.forEach(
        (name, npy) -> theirs.put(Detectron2Stages.ours(name), Detectron2Run.array(name, npy)));
    var worst = new Detectron2FixturesTest.Worst(NAME + " " + mode + " stage by stage");
    Set<String> seen = new TreeSet<>();
    for (Stage stage : all(d2)) {
      Map<String, HostArray> out =
          Detectron2Stages.run(List.of(stage), theirs, mode.equals("eager"), weights);
      Set<String> left = new TreeSet<>(files.keySet());
      Detectron2FixturesTest.compareStages(run, out, worst, left);
      if (out.containsKey(Instances.COUNTS)) {
        Detectron2FixturesTest.compareImages(run, out, batch, worst, left);
      }
      files.keySet().stream().filter(name -> !left.contains(name)).forEach(seen::add);
    }
    assertThat(seen).isEqualTo(files.keySet());
    worst.print();
    weights.release();
  }
}
