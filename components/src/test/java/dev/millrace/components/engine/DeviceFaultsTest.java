package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.modeling.DeviceLostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceFaultsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Error code - ORT_FAIL - message: CUDA failure 700: an illegal memory access was"
            + " encountered ; GPU=0 ; hostname=h ; expr=cudaStreamSynchronize(stream);",
        "CUDA error: device-side assert triggered",
        "CUDNN failure 4000: CUDNN_STATUS_INTERNAL_ERROR: unspecified launch failure",
      })
  void anErrorThatStaysMeansThatTheDeviceIsLost(String message) {
    RuntimeException failure =
        new IllegalStateException("a segment failed", new Exception(message));
    assertThat(DeviceFaults.explained(failure))
        .isInstanceOf(DeviceLostException.class)
        .hasMessageContaining(message)
        .hasCause(failure);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA failure 2: out of memory ; GPU=0",
        "Non-zero status code returned while running Reshape node",
        "an illegal memory access in the words of a camera's name",
      })
  void anErrorThatEndsWithItsCallIsWhatItIs(String message) {
    RuntimeException failure = new IllegalStateException(message);
    assertThat(DeviceFaults.explained(failure)).isSameAs(failure);
  }

  @Test
  void anErrorWithoutAMessageIsWhatItIs() {
    RuntimeException failure = new IllegalStateException();
    assertThat(DeviceFaults.explained(failure)).isSameAs(failure);
  }
}
