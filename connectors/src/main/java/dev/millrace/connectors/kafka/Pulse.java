package dev.millrace.connectors.kafka;

import dev.millrace.connectors.ConnectorException;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the brokers answer. A poll that returns nothing says little: it does so, too, when no
 * broker is there. What counts is whether bytes came in, heartbeats included.
 */
final class Pulse {
  private static final Logger log = LoggerFactory.getLogger(Pulse.class);

  /** So long may brokers be silent before readiness says so: it has to within 10 s. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final long PATIENCE_NANOS = PATIENCE.toNanos();
  private static final ConnectorException SILENCE =
      new ConnectorException(
          "source.bootstrapServers",
          "no broker has answered for " + PATIENCE.toSeconds() + " s.",
          "Check that the brokers run and can be reached; reading goes on once they do.");
  private static final long LOOK_NANOS = 200_000_000L;
  private static final long REPEAT_NANOS = 30_000_000_000L;

  private final LongSupplier nanos;
  private volatile long lastGood;
  private volatile boolean everGood;
  private volatile @Nullable String trouble;
  private volatile boolean over;
  private long nextLook;
  private double bytesSeen = -1;
  private long loggedAt;

  Pulse(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A poll went well. */
  void polled(Consumer<?, ?> consumer) {
    long now = nanos.getAsLong();
    if (everGood && now < nextLook) {
      return;
    }
    nextLook = now + LOOK_NANOS;
    double bytes = incomingBytes(consumer.metrics());
    if (bytes < 0 || bytes != bytesSeen) {
      bytesSeen = bytes;
      if (trouble != null) {
        log.info("Kafka answers again");
        trouble = null;
      }
      lastGood = now;
      everGood = true;
    } else if (now - lastGood > PATIENCE_NANOS) {
      trouble(SILENCE);
    }
  }

  /** Something went wrong that may pass. */
  void trouble(ConnectorException problem) {
    String message = String.valueOf(problem.getMessage());
    long now = nanos.getAsLong();
    if (!message.equals(trouble) || now - loggedAt > REPEAT_NANOS) {
      loggedAt = now;
      log.warn("{}", message);
      log.debug("The cause", problem);
    }
    trouble = message;
  }

  /** No frame will come any more. */
  void over(@Nullable String why) {
    over = true;
    if (why != null) {
      trouble = why;
    }
  }

  boolean healthy() {
    return !over && everGood && nanos.getAsLong() - lastGood < PATIENCE_NANOS;
  }

  /** What is wrong, for people; null if nothing is. */
  @Nullable String trouble() {
    String known = trouble;
    return known == null && everGood && !over && !healthy() ? SILENCE.getMessage() : known;
  }

  private static double incomingBytes(Map<MetricName, ? extends Metric> metrics) {
    for (Map.Entry<MetricName, ? extends Metric> entry : metrics.entrySet()) {
      MetricName name = entry.getKey();
      if (name.name().equals("incoming-byte-total") && name.group().equals("consumer-metrics")) {
        return entry.getValue().metricValue() instanceof Number number ? number.doubleValue() : -1;
      }
    }
    return -1;
  }
}
