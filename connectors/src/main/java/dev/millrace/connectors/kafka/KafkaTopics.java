package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** Looks after topics. Calls block, at most 15 s. */
public final class KafkaTopics implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 15;

  /**
   * A topic to create.
   *
   * @param replication brokers that hold each partition; 0 for the cluster's default
   * @param config of the topic, such as {@code max.message.bytes}
   */
  public record Topic(String name, int partitions, int replication, Map<String, String> config) {
    public Topic(String name, int partitions, int replication) {
      this(name, partitions, replication, Map.of());
    }
  }

  private final String bootstrapServers;
  private final Admin admin;

  /**
   * @param properties of a Kafka admin client
   * @throws ConnectorException if the configuration cannot work
   */
  public KafkaTopics(String bootstrapServers, Map<String, String> properties) {
    this.bootstrapServers = bootstrapServers;
    try {
      this.admin =
          Admin.create(
              ClientProperties.of(
                  "admin",
                  bootstrapServers,
                  Map.of(
                      AdminClientConfig.CLIENT_ID_CONFIG,
                      "millrace-admin",
                      AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                      PATIENCE_SECONDS * 1000 - 1000,
                      AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                      PATIENCE_SECONDS * 1000 / 3),
                  properties,
                  Map.of()));
    } catch (KafkaException e) {
      throw Troubles.of(e, bootstrapServers);
    }
  }

  /** The topics that are there. */
  public Set<String> names() {
    return await(admin.listTopics().names());
  }

  /** Creates those that are not there; the others stay as they are. */
  public void create(Collection<Topic> topics) {
    List<NewTopic> wanted = new ArrayList<>();
    for (Topic topic : topics) {
      wanted.add(
          new NewTopic(
                  topic.name(),
                  Optional.of(topic.partitions()),
                  topic.replication() == 0
                      ? Optional.empty()
                      : Optional.of((short) topic.replication()))
              .configs(topic.config()));
    }
    admin
        .createTopics(wanted)
        .values()
        .values()
        .forEach(
            created -> {
              try {
                await(created);
              } catch (ConnectorException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                  throw e;
                }
              }
            });
  }

  /**
   * @throws ConnectorException naming those that are not there
   */
  public void require(Collection<String> topics) {
    Set<String> missing = new TreeSet<>(topics);
    missing.removeAll(names());
    if (!missing.isEmpty()) {
      throw new ConnectorException(
          bootstrapServers,
          "there is no topic " + String.join(", ", missing) + ".",
          "Create it, or name another one.");
    }
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(2));
  }

  private <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Troubles.of(e, bootstrapServers);
    } catch (TimeoutException e) {
      throw Troubles.of(
          new org.apache.kafka.common.errors.TimeoutException("no answer"), bootstrapServers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Troubles.of(e, bootstrapServers);
    }
  }
}
