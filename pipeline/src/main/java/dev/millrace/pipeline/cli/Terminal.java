package dev.millrace.pipeline.cli;

import java.lang.reflect.Method;
import java.util.List;

/** Whether somebody is looking. */
final class Terminal {

  /** What the launcher found: {@code out}, {@code err}, {@code out,err} or nothing. */
  private static final String PROPERTY = "millrace.terminal";

  private Terminal() {}

  static boolean out() {
    return is("out");
  }

  static boolean err() {
    return is("err");
  }

  private static boolean is(String stream) {
    String told = System.getProperty(PROPERTY);
    return told == null ? console() : List.of(told.split(",")).contains(stream);
  }

  /** Both stdin and stdout are terminals; newer JDKs have a console also where there is none. */
  private static boolean console() {
    java.io.Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      Method isTerminal = java.io.Console.class.getMethod("isTerminal"); // from JDK 22
      return (boolean) isTerminal.invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
