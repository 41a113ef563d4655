package dev.millrace.components.trace;

/**
 * An ONNX file that cannot be used: which part of it, what was expected and what was found. Names
 * of the file's own are part of the sentences, but neither its line breaks nor all of its lengths.
 */
public final class OnnxFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int MOST = 1000;

  private final String remedy;

  /**
   * @param problem a clause without a full stop
   * @param remedy a sentence
   */
  OnnxFileException(String problem, String remedy) {
    super(line(problem));
    this.remedy = line(remedy);
  }

  private static String line(String text) {
    String start = text.length() <= MOST ? text : text.substring(0, MOST) + "...";
    return start.replaceAll("\\p{Cntrl}+", " ");
  }

  /** What to do, one sentence. */
  public String remedy() {
    return remedy;
  }
}
