package dev.millrace.components.trace;

/**
 * A component asked a traced array for something that only data can answer. No error of the user's:
 * the component runs eagerly, and the plan says why.
 */
public final class NotTraceableException extends UnsupportedOperationException {
  private static final long serialVersionUID = 1L;

  NotTraceableException(String operation) {
    super("the operation " + operation + " has no traced form");
  }

  /** What was asked and by which line: {@code toFloatArray at MyBackbone.java:42}. */
  public static String explain(UnsupportedOperationException failure) {
    String operation = failure.getMessage();
    for (StackTraceElement frame : failure.getStackTrace()) {
      String name = frame.getClassName();
      if (name.startsWith("ai.djl.") || name.equals(TraceNDArray.class.getName())) {
        operation = frame.getMethodName();
      } else if (!name.startsWith("dev.millrace.components.trace.")
          && !name.startsWith("jdk.")
          && !name.startsWith("java.")) {
        return operation + " at " + frame.getFileName() + ":" + frame.getLineNumber();
      }
    }
    return String.valueOf(operation);
  }
}
