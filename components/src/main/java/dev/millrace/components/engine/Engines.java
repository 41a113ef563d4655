package dev.millrace.components.engine;

import ai.djl.engine.Engine;

/** DJL's engines, each started when it is first needed. */
final class Engines {

  private Engines() {}

  /**
   * A compiled configuration must not start PyTorch, which DJL would do for arithmetic on ONNX
   * Runtime's arrays.
   */
  private static final class OnnxRuntime {
    static final Engine ENGINE = start();

    private static Engine start() {
      System.setProperty("ai.djl.onnx.disable_alternative", "true");
      return Engine.getEngine("OnnxRuntime");
    }
  }

  private static final class PyTorch {
    static final Engine ENGINE = Engine.getEngine("PyTorch");
  }

  /** Must run before anything touches {@code OrtEnvironment}. */
  static Engine onnxRuntime() {
    return OnnxRuntime.ENGINE;
  }

  static Engine pyTorch() {
    return PyTorch.ENGINE;
  }
}
