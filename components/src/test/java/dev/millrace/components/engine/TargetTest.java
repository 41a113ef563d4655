package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What ONNX Runtime says of devices, in our words. */
class TargetTest {

  @Test
  void aNumberThatNoDeviceHas() {
    String message =
        "Error code - ORT_FAIL - message: /build/cuda_execution_provider_info.cc:62 static X"
            + " X::FromProviderOptions(const ProviderOptions&) [ONNXRuntimeError] : 1 : FAIL :"
            + " Failed to parse provider option \"device_id\": cuda_execution_provider_info.cc:70"
            + " operator() Invalid device ID: 7, must be between 0 (inclusive) and %d (exclusive).\n";
    assertThat(Target.reason(7, message.formatted(1)))
        .isEqualTo("this machine has one CUDA device, cuda:0");
    assertThat(Target.reason(7, message.formatted(4)))
        .isEqualTo("this machine has 4 CUDA devices, from cuda:0");
  }

  @Test
  void anyOtherReasonIsTheMessageWithoutItsCodeAndFullStop() {
    assertThat(
            Target.reason(
                0,
                "Error code - ORT_INVALID_ARGUMENT - message: This binary was not compiled with"
                    + " CUDA support."))
        .isEqualTo("CUDA device 0 cannot be used: This binary was not compiled with CUDA support");
  }
}
