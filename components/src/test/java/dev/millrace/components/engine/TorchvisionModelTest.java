package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Parameter;
import dev.millrace.components.checkpoint.Checkpoint;
import dev.millrace.components.checkpoint.CheckpointLoader;
import dev.millrace.components.checkpoint.Checkpoints;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.TorchFiles;
import dev.millrace.components.checkpoint.Torchvision;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Detectron2;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose weights torchvision wrote finds what it finds with Detectron2's. */
class TorchvisionModelTest {

  private static final String FIXTURE = "02_faster_rcnn_R_50_FPN";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameDetections(boolean newer) throws IOException {
    Checkpoint ours = Checkpoints.read(Assets.path("detectron2/" + FIXTURE + "/checkpoint.pkl"));
    Map<String, Tensor> parameters = new LinkedHashMap<>(ours.parameters());
    parameters.keySet().removeIf(name -> name.startsWith("pixel_"));
    Path file =
        TorchFiles.archive(folder.resolve("fasterrcnn.pth"), Torchvision.of(parameters, newer, 4));
    Map<String, HostArray> expected = run(ours);
    Map<String, HostArray> found = run(Checkpoints.read(file));
    assertThat(expected.get(Instances.COUNTS).floats()[0]).isGreaterThan(10);
    expected.forEach(
        (name, array) -> {
          if (LoadedModel.RESULTS.test(name)) {
            assertThat(found.get(name).data()).as(name).isEqualTo(array.data());
          }
        });
  }

  private static Map<String, HostArray> run(Checkpoint checkpoint) {
    Map<String, HostArray> pictures =
        Models.batch(96, 128, new long[] {3}, new int[][] {{96, 128}});
    MetaArchitecture model = Detectron2.of(FIXTURE).model;
    Plan plan = Models.plan(model, 96, 128);
    Map<String, Parameter> names = model.parameters();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    names.forEach((name, p) -> shapes.put(name, p.getShape().getShape()));
    Map<Parameter, Tensor> values = new LinkedHashMap<>();
    CheckpointLoader.match(shapes, checkpoint, List.of(), List.of(), model.buffers())
        .orThrow("model.weights")
        .matched()
        .forEach((name, tensor) -> values.put(names.get(name), tensor));
    Weights weights = new Weights(values);
    try {
      Map<String, HostArray> all = new LinkedHashMap<>(pictures);
      for (Part part : plan.parts(weights, Models.CPU)) {
        all.putAll(part.run(all));
        part.close();
      }
      return all;
    } finally {
      weights.release();
    }
  }
}
