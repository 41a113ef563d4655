package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** A sink that is stuck says where, and for how long. */
class SendingTest {
  private final AtomicLong nanos = new AtomicLong();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final Sending sending = new Sending(producer, "kafka-1:9092", Duration.ZERO, nanos::get);

  @Test
  void silenceIsTroubleAndSaysHowLongItIs() {
    send();
    send();
    pass(7);
    assertThat(sending.trouble()).isNull();
    assertThat(sending.healthy()).isTrue();
    pass(10);
    assertThat(sending.trouble())
        .isEqualTo("kafka-1:9092: no broker has answered for 17 s, 2 records wait to be safe.");
    assertThat(sending.healthy()).isFalse();
    producer.completeNext();
    assertThat(sending.trouble()).isNull();
    producer.completeNext();
    pass(100);
    assertThat(sending.healthy()).isTrue();
  }

  @Test
  void aRefusalIsTroubleUntilSomethingIsSafe() {
    send();
    producer.errorNext(new TimeoutException("no leader"));
    assertThat(sending.trouble()).contains("kafka-1:9092").contains("no leader");
    assertThat(sending.healthy()).isFalse();
    send();
    producer.completeNext();
    assertThat(sending.trouble()).isNull();
  }

  private void send() {
    sending.send(new ProducerRecord<>("events", new byte[1]));
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
