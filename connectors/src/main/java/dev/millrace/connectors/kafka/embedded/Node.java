package dev.millrace.connectors.kafka.embedded;

import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** Kafka's server classes, and nobody else's business. */
final class Node {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int ATTEMPTS = 5;

  private final KafkaRaftServer server;
  private final Map<String, String> properties;
  private final int port;
  private final int controllerPort;

  private Node(
      KafkaRaftServer server, Map<String, String> properties, int port, int controllerPort) {
    this.server = server;
    this.properties = properties;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /** At free ports; tries others where somebody takes one in between. */
  static Node start(Path folder, Map<String, String> properties) {
    RuntimeException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      int[] ports = freePorts();
      try {
        return start(folder, properties, ports[0], ports[1]);
      } catch (RuntimeException e) {
        last = e;
      }
    }
    throw new ConnectorException(
        "embedded broker",
        "it did not start: " + (last == null ? "" : last.getMessage()) + ".",
        "See that " + folder + " is writable, holds only a broker's data and is used by no other.",
        last);
  }

  /** As a node that has stopped. */
  static Node start(Path folder, Node stopped) {
    return start(folder, stopped.properties, stopped.port, stopped.controllerPort);
  }

  int port() {
    return port;
  }

  void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static Node start(
      Path folder, Map<String, String> properties, int port, int controllerPort) {
    Properties all = new Properties();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.listener.names", "CONTROLLER");
    all.put("controller.quorum.voters", "1@" + LOOPBACK + ":" + controllerPort);
    all.put(
        "listeners",
        "PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d".formatted(LOOPBACK, port, controllerPort));
    all.put("advertised.listeners", "PLAINTEXT://" + LOOPBACK + ":" + port);
    all.put("log.dirs", folder.toAbsolutePath().toString());
    all.put("auto.create.topics.enable", "false");
    all.put("delete.topic.enable", "true");
    all.put("offsets.topic.replication.factor", "1");
    all.put("offsets.topic.num.partitions", "4");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.put("transaction.state.log.num.partitions", "4");
    all.put("share.coordinator.state.topic.replication.factor", "1");
    all.put("share.coordinator.state.topic.min.isr", "1");
    all.put("group.initial.rebalance.delay.ms", "0");
    all.put("group.consumer.min.heartbeat.interval.ms", "500");
    all.put("group.consumer.heartbeat.interval.ms", "500");
    all.put("message.max.bytes", Integer.toString(32 << 20));
    all.put("replica.fetch.max.bytes", Integer.toString(32 << 20));
    all.put("log.segment.bytes", Integer.toString(256 << 20));
    all.put("num.network.threads", "2");
    all.put("num.io.threads", "4");
    all.put("broker.session.timeout.ms", "9000");
    all.putAll(properties);
    format(folder);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(all, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
    return new Node(server, properties, port, controllerPort);
  }

  private static void format(Path folder) {
    try {
      new Formatter()
          .setClusterId(clusterId(folder))
          .setNodeId(1)
          .setControllerListenerName("CONTROLLER")
          .setDirectories(List.of(folder.toAbsolutePath().toString()))
          .setMetadataLogDirectory(folder.toAbsolutePath().toString())
          .setIgnoreFormatted(true)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("its folder could not be prepared: " + e.getMessage(), e);
    }
  }

  /** The one that a broker has left in the folder, else a new one. */
  private static String clusterId(Path folder) throws IOException {
    Path left = folder.resolve("meta.properties");
    Properties properties = new Properties();
    if (Files.exists(left)) {
      try (Reader reader = Files.newBufferedReader(left)) {
        properties.load(reader);
      }
    }
    return properties.getProperty("cluster.id", Uuid.randomUuid().toString());
  }

  private static int[] freePorts() {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK));
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return new int[] {one.getLocalPort(), two.getLocalPort()};
    } catch (IOException e) {
      throw new IllegalStateException("no free port on " + LOOPBACK, e);
    }
  }
}
