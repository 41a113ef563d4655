package dev.millrace.pipeline.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace}. */
@Command(
    name = "millrace",
    description = "Object detection on video streams: frames in on Kafka, detections out.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      PublishCommand.class,
      ServeCommand.class,
      WatchCommand.class,
      ReplayCommand.class,
      DlqCommand.class,
      ComponentsCommand.class,
      PlanCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      BenchCommand.class,
      StreetCommand.class,
      ImportCommand.class,
      ConfigCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Start here:",
      "  millrace demo",
      "  millrace demo --video street.mp4",
      "",
      "Each command explains itself with examples: millrace COMMAND --help",
      "",
      "Environment:",
      "  MILLRACE_WEIGHTS    folders to look for weights in, separated as in PATH",
      "  MILLRACE_DATASETS   folders to look for datasets in",
      "  MILLRACE_TRUST_CODE true lets TorchScript files run (docs/own-graphs.md)",
      "  MILLRACE_LOG        text (default) or json; logs go to stderr",
      "  MILLRACE_LOG_LEVEL  debug, info (default), warn, error",
      ""
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:what was asked for did not succeed",
      "2:the command line is wrong",
      "65:the configuration, or a file that it names, is wrong",
      "70:a mistake in Millrace, or a device that it cannot use any more"
    })
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /** Runs a command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    String log = System.getenv().getOrDefault("MILLRACE_LOG", "text");
    if (!log.equals("text") && !log.equals("json")) {
      err.println("millrace: MILLRACE_LOG: expected text or json, found " + log);
      return ExitCodes.USAGE;
    }
    return commandLine().setOut(out).setErr(err).execute(arguments);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Mistakes::usage)
        .setExecutionExceptionHandler(Mistakes::told);
  }
}
