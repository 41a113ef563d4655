package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.Await;
import dev.millrace.connectors.FramePosition;
import dev.millrace.connectors.FrameRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a lane does when a transaction does not end well, as scripted by Kafka's own mock. */
class TransactionLaneTest {
  private static final TopicPartition P0 = new TopicPartition("frames", 0);

  /** Every producer that was opened, and what all of them committed, in order. */
  private final List<Scripted> opened = new CopyOnWriteArrayList<>();

  private final List<Long> committed = new CopyOnWriteArrayList<>();
  private final List<Set<TopicPartition>> reread = new CopyOnWriteArrayList<>();
  private final Ownership ownership = new Ownership();
  private volatile Runnable beforeCommit = () -> {};
  private volatile int largest = Integer.MAX_VALUE;
  private final TransactionLane lane =
      new TransactionLane(
          "test",
          () -> {
            Scripted next = new Scripted();
            opened.add(next);
            return next;
          },
          ownership,
          partitions -> {
            reread.add(partitions);
            ownership.lost(1);
            return CompletableFuture.completedFuture(null);
          },
          Duration.ofMillis(20),
          10,
          Duration.ofSeconds(5),
          "b:9092");
  private final Thread thread = new Thread(lane, "lane-under-test");

  private final class Scripted extends MockProducer<byte[], byte[]> {
    private final List<Callback> unsent = new ArrayList<>();
    private @Nullable RecordTooLargeException refused;

    Scripted() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** One that is too large, and the same exception for each that has not gone out, as Kafka's. */
    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (record.value().length <= largest) {
        unsent.add(callback);
        return super.send(record, null);
      }
      RecordTooLargeException error = new RecordTooLargeException("too large");
      refused = error;
      callback.onCompletion(null, error);
      unsent.forEach(each -> each.onCompletion(null, error));
      return CompletableFuture.failedFuture(error);
    }

    @Override
    public void abortTransaction() {
      super.abortTransaction();
      unsent.clear();
      refused = null;
    }

    @Override
    public void commitTransaction() {
      beforeCommit.run();
      if (refused != null) {
        throw refused;
      }
      List<ProducerRecord<byte[], byte[]>> before = List.copyOf(history());
      super.commitTransaction();
      List<ProducerRecord<byte[], byte[]>> now = history();
      now.subList(before.size(), now.size())
          .forEach(record -> committed.add((long) record.value()[0]));
    }

    long offset() {
      List<Map<String, Map<TopicPartition, OffsetAndMetadata>>> all = consumerGroupOffsetsHistory();
      return all.get(all.size() - 1).get("g").get(P0).offset();
    }
  }

  private void start() {
    ownership.member(new ConsumerGroupMetadata("g", 3, "me", Optional.empty()));
    ownership.gained(1);
    thread.start();
  }

  @AfterEach
  void end() throws InterruptedException {
    lane.close();
    thread.join(10_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(opened).allMatch(MockProducer::closed);
  }

  private TransactionLane.Answer hand(int epoch, int offset) {
    return hand(epoch, offset, List.of(new byte[] {(byte) offset}));
  }

  private TransactionLane.Answer hand(int epoch, int offset, List<byte[]> forms) {
    FrameRecord frame =
        new FrameRecord(
            new FramePosition("frames", 0, offset),
            epoch,
            "c",
            new byte[0],
            Map.of(),
            Instant.EPOCH);
    TransactionLane.Answer answer =
        new TransactionLane.Answer(
            frame,
            forms.stream()
                .map(
                    value ->
                        (Supplier<ProducerRecord<byte[], byte[]>>)
                            () -> new ProducerRecord<>("events", value))
                .toList());
    lane.hand(answer);
    return answer;
  }

  private List<TransactionLane.Answer> hand(int epoch, int from, int to) {
    List<TransactionLane.Answer> answers = new ArrayList<>();
    for (int offset = from; offset < to; offset++) {
      answers.add(hand(epoch, offset));
    }
    return answers;
  }

  private static void await(List<TransactionLane.Answer> answers) {
    Await.until("receipts", () -> answers.stream().allMatch(a -> a.receipt().isDone()));
  }

  @Test
  void answersAreCommittedInOrderWithTheOffsetAfterTheLast() {
    start();
    await(hand(1, 0, 25));
    assertThat(committed)
        .isEqualTo(
            List.of(
                0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L,
                19L, 20L, 21L, 22L, 23L, 24L));
    assertThat(opened).hasSize(1);
    assertThat(opened.get(0).offset()).isEqualTo(25);
    assertThat(opened.get(0).commitCount()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void whatWasAbortedIsSentAgainInTheSameOrder() {
    int[] failures = {2};
    beforeCommit =
        () -> {
          if (failures[0]-- > 0) {
            throw new org.apache.kafka.clients.consumer.CommitFailedException();
          }
        };
    start();
    await(hand(1, 0, 5));
    assertThat(committed).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(opened).hasSize(1);
    assertThat(reread).isEmpty();
  }

  @Test
  void onlyTheOneThatIsTooLargeIsMadeSmaller() {
    largest = 2;
    start();
    byte[] larger = {100, 0, 0};
    List<TransactionLane.Answer> answers = new ArrayList<>();
    for (int offset = 0; offset < 6; offset++) {
      byte[] whole = offset == 2 || offset == 4 ? larger : new byte[] {(byte) offset};
      answers.add(hand(1, offset, List.of(whole, new byte[] {(byte) (50 + offset)})));
    }
    await(answers);
    assertThat(committed).containsExactly(0L, 1L, 52L, 3L, 54L, 5L);
  }

  @Test
  void whereNobodyKnowsTheEndTheFramesAreReadAgain() {
    boolean[] silent = {true};
    beforeCommit =
        () -> {
          if (silent[0]) {
            silent[0] = false;
            opened.get(0).abortTransactionException = new IllegalStateException("still committing");
            throw new TimeoutException("no answer");
          }
        };
    start();
    await(hand(1, 0, 5));
    // Of the first epoch nothing is sent any more: whether it was committed, the source has found
    // out.
    assertThat(committed).isEmpty();
    assertThat(reread).containsExactly(Set.of(P0));
    assertThat(opened).hasSize(2);
    assertThat(opened.get(0).closed()).isTrue();
    ownership.gained(2);
    await(hand(2, 0, 5));
    assertThat(committed).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void whoeverIsFencedTakesANewProducer() {
    boolean[] fenced = {true};
    beforeCommit =
        () -> {
          if (fenced[0]) {
            fenced[0] = false;
            opened.get(0).fenceProducer();
            throw new ProducerFencedException("another");
          }
        };
    start();
    await(hand(1, 0, 2));
    assertThat(reread).containsExactly(Set.of(P0));
    assertThat(opened).hasSize(2);
  }

  @Test
  void framesOfAPartitionThatHasGoneAreNotAnswered() {
    start();
    await(hand(1, 0, 3));
    ownership.lost(1);
    await(hand(1, 3, 6));
    assertThat(committed).containsExactly(0L, 1L, 2L);
  }

  @Test
  void aPartitionThatGoesBeforeTheCommitTakesItsAnswersAlong() {
    start();
    ownership.gained(2);
    List<TransactionLane.Answer> answers = new ArrayList<>(hand(1, 0, 3));
    answers.addAll(hand(2, 3, 4));
    ownership.lost(2);
    await(answers);
    Await.until("the rest", () -> committed.size() >= 3);
    assertThat(committed.subList(0, 3)).containsExactly(0L, 1L, 2L);
  }

  @Test
  void aTroubleThatStaysIsTold() {
    beforeCommit =
        () -> {
          throw new TimeoutException("nobody there");
        };
    start();
    hand(1, 0);
    Await.until("a trouble", () -> lane.trouble() != null);
    assertThat(lane.trouble()).contains("nobody there");
    beforeCommit = () -> {};
    Await.until("no trouble", () -> lane.trouble() == null);
    assertThat(committed).containsExactly(0L);
  }
}
