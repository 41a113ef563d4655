package dev.millrace.components.checkpoint;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** An operating system's refusal in words. */
final class Problem {

  private Problem() {}

  static String of(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
