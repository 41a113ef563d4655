package dev.millrace.components.trace;

/** An ONNX file that cannot be used: which part of it, what was expected and what was found. */
public final class OnnxFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * @param problem a clause without a full stop
   * @param remedy a sentence
   */
  OnnxFileException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** What to do, one sentence. */
  public String remedy() {
    return remedy;
  }
}
