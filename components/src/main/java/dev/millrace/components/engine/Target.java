package dev.millrace.components.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.millrace.components.ConfigException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where and how programs run, settled.
 *
 * @param eager run everything op by op
 * @param cuda the CUDA device's number, or -1 for the CPU
 * @param half compute convolutions and matrix products in fp16
 * @param threads of one operation on a CPU
 */
record Target(boolean eager, int cuda, boolean half, int threads) {

  private static final Logger LOG = LoggerFactory.getLogger(Target.class);

  private static final Pattern DEVICES =
      Pattern.compile(
          "Invalid device ID: \\d+, must be between 0 \\(inclusive\\) and (\\d+) \\(exclusive\\)");

  /**
   * @throws ConfigException if the device is not there, or cannot do what is asked for
   */
  static Target of(EngineConfig config) {
    int threads =
        config.threads() == null ? Runtime.getRuntime().availableProcessors() : config.threads();
    boolean eager = "eager".equals(config.mode());
    int cuda = device(config.device() == null ? "auto" : config.device(), eager);
    boolean half = "fp16".equals(config.precision());
    if (half && (cuda < 0 || eager)) {
      throw new ConfigException(
          "engine.precision",
          "fp16 needs a compiled model on a CUDA device, found "
              + (eager ? "an eager one." : "the CPU."),
          "Use fp32, or a machine with an NVIDIA GPU and the gpu profile.");
    }
    return new Target(eager, cuda, half, threads);
  }

  private static int device(String device, boolean eager) {
    if (device.equals("cpu")) {
      return -1;
    }
    if (device.equals("auto")) {
      if (eager) {
        return -1;
      }
      String missing = missingCuda(0);
      if (missing != null) {
        LOG.info("device auto: running on the CPU, since {}", missing);
        return -1;
      }
      return 0;
    }
    int number = device.equals("cuda") ? 0 : Integer.parseInt(device.substring("cuda:".length()));
    if (eager) {
      throw new ConfigException(
          "engine.device",
          "an eager model runs on the CPU, found " + device + ".",
          "Use mode compiled on CUDA.");
    }
    String missing = missingCuda(number);
    if (missing != null) {
      throw new ConfigException(
          "engine.device",
          device + " was asked for, but " + missing + ".",
          "Use device: auto or cpu, or build with the gpu profile on a machine with an NVIDIA driver (docs/GPU.md).");
    }
    return number;
  }

  /** Why there is no such device; null if there is. */
  private static @org.jspecify.annotations.Nullable String missingCuda(int number) {
    Engines.onnxRuntime();
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      return "this build of ONNX Runtime has no CUDA provider";
    }
    try (SessionOptions options = new SessionOptions();
        OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(number)) {
      options.addCUDA(cuda);
      return null;
    } catch (OrtException e) {
      return reason(number, String.valueOf(e.getMessage()));
    }
  }

  /** ONNX Runtime's message in one sentence, without the places in its source that it names. */
  static String reason(int number, String message) {
    Matcher range = DEVICES.matcher(message);
    if (range.find()) {
      String count = range.group(1);
      return "this machine has "
          + (count.equals("1") ? "one CUDA device, cuda:0" : count + " CUDA devices, from cuda:0");
    }
    return "CUDA device "
        + number
        + " cannot be used: "
        + message
            .replaceFirst("^Error code - \\w+ - message: ", "")
            .strip()
            .replaceFirst("\\.+$", "");
  }

  /** Options for one session; the caller closes them. */
  SessionOptions sessionOptions() throws OrtException {
    SessionOptions options = new SessionOptions();
    boolean complete = false;
    try {
      set(options);
      complete = true;
      return options;
    } finally {
      if (!complete) {
        options.close();
      }
    }
  }

  private void set(SessionOptions options) throws OrtException {
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    // Spinning threads of two sessions starve each other on few cores.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    // Work in smaller pieces: a thread whose core decodes a picture holds up the others less.
    options.addConfigEntry("session.dynamic_block_base", "4");
    if (cuda >= 0) {
      // Warns of every session that some operators are left to the CPU, on purpose.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(cuda)) {
        // EXHAUSTIVE, the default, takes seconds for every new shape.
        provider.add("cudnn_conv_algo_search", "HEURISTIC");
        provider.add("arena_extend_strategy", "kSameAsRequested");
        options.addCUDA(provider);
      }
      options.setMemoryPatternOptimization(false);
    }
  }

  /** The same, for what is compiled in any mode. */
  Target compiled() {
    return new Target(false, cuda, half, threads);
  }

  String describe() {
    String where =
        cuda >= 0 ? "cuda:" + cuda : "cpu, " + threads + (threads == 1 ? " thread" : " threads");
    return (eager ? "eager" : "compiled") + ", " + where + ", " + (half ? "fp16" : "fp32");
  }
}
