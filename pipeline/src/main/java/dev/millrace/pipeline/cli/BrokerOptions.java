package dev.millrace.pipeline.cli;

import picocli.CommandLine.Option;

/** Where Kafka is. */
final class BrokerOptions {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:MILLRACE_BOOTSTRAP:-localhost:9092}",
      description =
          "Kafka's brokers; default: MILLRACE_BOOTSTRAP, else localhost:9092. A configuration's own"
              + " source and sink go before it")
  String bootstrap = "";
}
