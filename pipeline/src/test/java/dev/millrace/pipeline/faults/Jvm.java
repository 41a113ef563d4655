package dev.millrace.pipeline.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class in a JVM of its own, on this JVM's class path. Killed at the latest on close. */
final class Jvm implements AutoCloseable {

  private final Process process;
  private final Path log;

  /**
   * @param log what it prints, appended
   */
  Jvm(Path log, List<String> flags, String mainClass, List<String> arguments) {
    this.log = log;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** {@code kill -9}: it does nothing more. */
  void kill() {
    process.destroyForcibly();
    await(10);
  }

  /** Waits until it has ended by itself. */
  int ended() {
    await(60);
    return process.exitValue();
  }

  /** SIGTERM, and as long as it takes. */
  int stop() {
    process.destroy();
    await(60);
    return process.exitValue();
  }

  /** {@code SIGSTOP}: it is there and does nothing. */
  void suspend() {
    signal("-STOP");
  }

  void resume() {
    signal("-CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new AssertionError("kill " + name + " failed with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void await(int seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("it did not end within " + seconds + " s:\n" + tail());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The end of what it printed. */
  String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
