package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.testing.TorchScript;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Backbones that are TorchScript files. */
class TorchScriptBackboneTest extends GraphComponents {

  @Test
  void aTorchScriptBackboneIsAnEagerPartAmongCompiledOnes() throws IOException {
    trusted = true;
    byte[] script = TorchScript.convolutions(weights(1, 384), weights(2, 256));
    Map<String, Object> backbone =
        file(
            "TorchScriptBackbone",
            script,
            "outputs",
            Map.of(
                "p2", Map.of("output", "0", "stride", 4, "channels", 8),
                "p3", Map.of("output", "1", "stride", 8, "channels", 8)));
    try (Detector torch = factory.build(rcnn(backbone, 0), CPU, 1, List.of()).get(0);
        Detector onnx = factory.build(rcnn(convolution(1), 0), CPU, 1, List.of()).get(0)) {
      assertThat(torch.plan())
          .contains("segment   normalize")
          .contains("eager     backbone   PyTorch")
          .contains(
              "because backbone (TorchScriptBackbone) calls PyTorch's interpreter of TorchScript,"
                  + " which has no traced form, at TorchScriptBackbone.java:")
          .contains("segment   proposal_generator > roi_heads");
      List<Frame> frames = List.of(frame(1, 96, 72), frame(2, 96, 72));
      same(torch.detect(frames), onnx.detect(frames));
    }
  }

  @Test
  void aTorchScriptFileMustBeTrustedAndGiveWhatIsSaid() throws IOException {
    byte[] script = TorchScript.convolutions(weights(1, 384), weights(2, 256));
    Map<String, Object> wrong =
        file(
            "TorchScriptBackbone",
            script,
            "outputs",
            Map.of(
                "p2", Map.of("output", "0", "stride", 4, "channels", 8),
                "p3", Map.of("output", "2", "stride", 8, "channels", 8)));
    refused(wrong)
        .hasMessageContaining("model.architecture.backbone.file: the file brings code of its own")
        .hasMessageContaining("MILLRACE_TRUST_CODE=true");
    trusted = true;
    refused(wrong).hasMessageContaining("gives no '2', but 2 tensors");
    refused(
            file(
                "TorchScriptBackbone",
                script,
                "outputs",
                Map.of(
                    "p2", Map.of("output", "0", "stride", 4, "channels", 9),
                    "p3", Map.of("output", "1", "stride", 8, "channels", 9))))
        .hasMessageContaining("expected (1, 9, ");
    refused(
            file(
                "TorchScriptBackbone",
                new byte[] {1, 2, 3},
                "outputs",
                Map.of(
                    "p2", Map.of("output", "0", "stride", 4, "channels", 8),
                    "p3", Map.of("output", "1", "stride", 8, "channels", 8))))
        .hasMessageContaining("PyTorch cannot load the TorchScript file");
  }
}
