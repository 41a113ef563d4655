package dev.millrace.pipeline.stream;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads called {@code name-0}, {@code name-1} and so on, so that a thread dump reads. */
final class NamedThreads implements ThreadFactory {

  private final String name;
  private final AtomicInteger next = new AtomicInteger();

  NamedThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, name + "-" + next.getAndIncrement());
    thread.setDaemon(true);
    return thread;
  }
}
