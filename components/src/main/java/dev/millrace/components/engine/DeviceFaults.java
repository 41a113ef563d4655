package dev.millrace.components.engine;

import dev.millrace.components.modeling.DeviceLostException;
import java.util.regex.Pattern;

/**
 * Tells errors after which CUDA answers every further call of the process with an error from those
 * that end with their call, such as a lack of memory. Which are which the CUDA Runtime API says of
 * each {@code cudaError_t}; engines pass on their texts.
 */
final class DeviceFaults {

  private static final Pattern LOST =
      Pattern.compile(
          "illegal memory access|misaligned address|illegal instruction|invalid program counter"
              + "|hardware stack error|unspecified launch failure|launch timed out"
              + "|device-side assert|uncorrectable (ECC|NVLink) error|GPU is lost",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CUDA =
      Pattern.compile("CUDA|CUDNN|CUBLAS", Pattern.CASE_INSENSITIVE);

  private DeviceFaults() {}

  /** The failure, or what it means where it means that the device is lost. */
  static RuntimeException explained(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && CUDA.matcher(message).find() && LOST.matcher(message).find()) {
        return new DeviceLostException(
            "the device cannot be used by this process any more: " + message.strip(), failure);
      }
    }
    return failure;
  }
}
