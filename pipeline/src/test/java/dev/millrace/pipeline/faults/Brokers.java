package dev.millrace.pipeline.faults;

import dev.millrace.connectors.kafka.KafkaTopics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Kafka nodes, broker and controller each, in JVMs of their own on loopback. */
final class Brokers implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private record Ports(int client, int controller, int secure) {}

  /**
   * A listener beside the plain one.
   *
   * @param protocol SSL or SASL_SSL
   * @param properties lines for the brokers' configuration
   * @param format arguments for the storage tool, such as a user to add
   */
  record Secure(String protocol, String properties, List<String> format) {}

  private final Path folder;
  private final @Nullable Secure secure;
  private final List<Ports> ports = new ArrayList<>();
  private final List<Jvm> nodes = new ArrayList<>();

  Brokers(Path folder, int count) {
    this(folder, count, null);
  }

  Brokers(Path folder, int count, @Nullable Secure secure) {
    this.folder = folder;
    this.secure = secure;
    for (int i = 0; i < count; i++) {
      ports.add(new Ports(freePort(), freePort(), freePort()));
    }
    String cluster = Uuid.randomUuid().toString();
    for (int i = 0; i < count; i++) {
      write(i);
      Path log = folder.resolve("format-" + i + ".log");
      try (Jvm format =
          new Jvm(log, List.of("-Xmx128m"), "kafka.tools.StorageTool", format(cluster, i))) {
        Faults.until("node " + i + " to be formatted", PATIENCE, () -> !format.alive());
      }
    }
    for (int i = 0; i < count; i++) {
      nodes.add(start(i));
    }
    awaitAll();
  }

  private List<String> format(String cluster, int node) {
    List<String> arguments =
        new ArrayList<>(List.of("format", "-t", cluster, "-c", properties(node).toString()));
    if (secure != null) {
      arguments.addAll(secure.format());
    }
    return arguments;
  }

  int count() {
    return ports.size();
  }

  String bootstrapServers() {
    return ports.stream().map(p -> "127.0.0.1:" + p.client()).collect(Collectors.joining(","));
  }

  /** Of the other listener. */
  String secureServers() {
    return "127.0.0.1:" + ports.get(0).secure();
  }

  KafkaTopics topics() {
    return new KafkaTopics(bootstrapServers(), Map.of());
  }

  /** {@code kill -9}. */
  void kill(int node) {
    nodes.get(node).kill();
  }

  /** SIGTERM: it hands its partitions over first. */
  void stop(int node) {
    nodes.get(node).stop();
  }

  /** {@code SIGSTOP}. */
  void suspend(int node) {
    nodes.get(node).suspend();
  }

  void resume(int node) {
    nodes.get(node).resume();
  }

  /** Starts it again and waits until every node is back and every replica in sync. */
  void restart(int node) {
    nodes.set(node, start(node));
    awaitAll();
  }

  private void awaitAll() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      Faults.until(
          count() + " brokers with all replicas in sync",
          PATIENCE,
          () -> {
            try {
              Set<String> names = admin.listTopics().names().get();
              return admin.describeCluster().nodes().get().size() == count()
                  && admin.describeTopics(names).allTopicNames().get().values().stream()
                      .flatMap(topic -> topic.partitions().stream())
                      .allMatch(p -> p.isr().size() == p.replicas().size());
            } catch (Exception e) {
              return false;
            }
          });
    }
  }

  private Jvm start(int node) {
    return new Jvm(
        folder.resolve("node-" + node + ".log"),
        List.of("-Xmx384m", "-XX:+UseSerialGC"),
        "kafka.Kafka",
        List.of(properties(node).toString()));
  }

  private Path properties(int node) {
    return folder.resolve("node-" + node + ".properties");
  }

  private void write(int node) {
    int replicas = Math.min(3, count());
    String voters =
        IntStream.range(0, count())
            .mapToObj(i -> i + "@127.0.0.1:" + ports.get(i).controller())
            .collect(Collectors.joining(","));
    String text =
        """
        process.roles=broker,controller
        node.id=%d
        controller.listener.names=CONTROLLER
        controller.quorum.voters=%s
        listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
        advertised.listeners=PLAINTEXT://127.0.0.1:%d
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs=%s
        auto.create.topics.enable=false
        offsets.topic.replication.factor=%d
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=%d
        transaction.state.log.min.isr=%d
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.replication.factor=%d
        share.coordinator.state.topic.min.isr=%d
        min.insync.replicas=%d
        group.initial.rebalance.delay.ms=0
        group.min.session.timeout.ms=1000
        group.consumer.min.session.timeout.ms=1000
        group.consumer.session.timeout.ms=6000
        group.consumer.min.heartbeat.interval.ms=300
        group.consumer.heartbeat.interval.ms=500
        broker.session.timeout.ms=3000
        broker.heartbeat.interval.ms=500
        num.network.threads=2
        num.io.threads=2
        num.partitions=1
        log.segment.bytes=67108864
        """
            .formatted(
                node,
                voters,
                ports.get(node).client(),
                ports.get(node).controller(),
                ports.get(node).client(),
                folder.resolve("data-" + node),
                replicas,
                replicas,
                Math.max(1, replicas - 1),
                replicas,
                Math.max(1, replicas - 1),
                Math.max(1, replicas - 1));
    if (secure != null) {
      int port = ports.get(node).secure();
      text =
          text.replaceAll("(?m)^(listeners=.*)$", "$1,SECURE://127.0.0.1:" + port)
                  .replaceAll("(?m)^(advertised.*)$", "$1,SECURE://127.0.0.1:" + port)
                  .replaceAll("(?m)^(listener.sec.*)$", "$1,SECURE:" + secure.protocol())
              + secure.properties();
    }
    try {
      Files.createDirectories(folder);
      Files.writeString(properties(node), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    nodes.forEach(Jvm::close);
  }
}
