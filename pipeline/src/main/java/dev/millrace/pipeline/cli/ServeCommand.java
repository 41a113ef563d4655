package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.server.KafkaConnections;
import dev.millrace.pipeline.server.Server;
import dev.millrace.pipeline.server.ServerOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace serve}. */
@Command(
    name = "serve",
    description = "Reads frames from Kafka, looks at them, writes detections to Kafka.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "While it runs, edit the configuration: model and engine are swapped between two frames, and"
          + " a mistake is refused while the model that runs goes on. GET /revisions on the console"
          + " tells what became of each change. Ctrl-C or SIGTERM finishes what is in flight.",
      "",
      "Examples:",
      "  millrace serve configs/coco/faster_rcnn_fbnetv3a_C4.yaml",
      "  millrace serve configs/demo.yaml --bootstrap kafka-1:9092,kafka-2:9092",
      "  millrace serve configs/demo.yaml -o pipeline.maxBatch=16 -o console.port=9090",
      "  millrace serve configs/examples/toy_backbone.yaml --plugins plugins/",
    })
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin ModelOptions model = new ModelOptions();
  @Mixin BrokerOptions brokers = new BrokerOptions();

  @Option(
      names = "--watch",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Follow changes of the configuration and the plugins (default: on)")
  boolean watch;

  @Override
  public Integer call() throws InterruptedException {
    model.requireFile();
    Thread.setDefaultUncaughtExceptionHandler(ServeCommand::leaveIfNothingGoesOn);
    Server server =
        Server.start(
            new ServerOptions(model.config, model.overrides, model.plugins, watch),
            model.models(),
            new KafkaConnections(brokers.bootstrap));
    Thread onSignal = new Thread(server::close, "shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      server.ended().get();
      return ExitCodes.OK;
    } catch (ExecutionException e) {
      throw Mistakes.ended(e);
    } finally {
      server.close();
    }
  }

  /**
   * A thread that lack of memory has ended leaves a process that looks alive and does nothing:
   * better none, at once and without a commit.
   */
  private static void leaveIfNothingGoesOn(Thread thread, Throwable error) {
    LOG.error("{} ended", thread.getName(), error);
    if (error instanceof VirtualMachineError) {
      Runtime.getRuntime().halt(ExitCodes.INTERNAL);
    }
  }
}
