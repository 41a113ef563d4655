package dev.millrace.pipeline.cli;

import dev.millrace.components.ConfigException;
import dev.millrace.components.checkpoint.CheckpointException;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.pipeline.server.StartException;
import dev.millrace.pipeline.stream.LaneFailedException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What went wrong, told in a line; a stack trace only where the mistake is ours. */
final class Mistakes {

  private Mistakes() {}

  /** What the innermost exception says. */
  static String root(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  /** Why a flow ended, to be told in a line: with its remedy, where it is known. */
  static RuntimeException ended(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectorException known) {
        return known;
      }
      if (cause instanceof LaneFailedException lane) {
        return lane;
      }
    }
    return new FailedException("the pipeline failed: " + root(e));
  }

  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("millrace: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCodes.USAGE;
  }

  static int told(Exception e, CommandLine command, ParseResult result) {
    PrintWriter err = command.getErr();
    if (e instanceof ConfigException || e instanceof CheckpointException) {
      err.println("millrace: " + e.getMessage());
      return ExitCodes.BAD_CONFIG;
    }
    if (e instanceof StartException start) {
      err.println("millrace: " + e.getMessage());
      return start.refused() ? ExitCodes.BAD_CONFIG : ExitCodes.FAILED;
    }
    if (e instanceof ConnectorException || e instanceof FailedException) {
      err.println("millrace: " + e.getMessage());
      return ExitCodes.FAILED;
    }
    if (e instanceof LaneFailedException) {
      err.println(
          "millrace: "
              + e.getMessage()
              + ". What was not answered is not committed: start again, and it is read again.");
      return ExitCodes.INTERNAL;
    }
    err.println("millrace: this is a mistake in Millrace, please report it with what follows:");
    e.printStackTrace(err);
    return ExitCodes.INTERNAL;
  }
}
