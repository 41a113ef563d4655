package dev.millrace.pipeline.cli;

/** What a command ends with; also told by {@code millrace --help}. */
final class ExitCodes {

  static final int OK = 0;

  /** What was asked for did not succeed. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The configuration, or a file that it names, is wrong. */
  static final int BAD_CONFIG = 65;

  /** A mistake in Millrace, or a device that this process cannot use any more. */
  static final int INTERNAL = 70;

  private ExitCodes() {}
}
