package dev.millrace.pipeline.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Processor time of this JVM's Java threads, added up by what their names say they do. */
final class ThreadTimes {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<Long, Long> start = new HashMap<>();

  private ThreadTimes() {
    for (long id : THREADS.getAllThreadIds()) {
      start.put(id, THREADS.getThreadCpuTime(id));
    }
  }

  static ThreadTimes start() {
    return new ThreadTimes();
  }

  /** Nanoseconds since the start by group; threads that ended in between are not seen. */
  Map<String, Long> stop() {
    Map<String, Long> groups = new TreeMap<>();
    for (long id : THREADS.getAllThreadIds()) {
      ThreadInfo info = THREADS.getThreadInfo(id);
      long spent = THREADS.getThreadCpuTime(id) - start.getOrDefault(id, 0L);
      if (info != null && spent > 0) {
        groups.merge(group(info.getThreadName()), spent, Long::sum);
      }
    }
    return groups;
  }

  private static String group(String name) {
    if (name.startsWith("lane")) {
      return "lane (network, boxes)";
    }
    if (name.startsWith("decode")) {
      return "decode (pictures, resize)";
    }
    if (name.contains("frame-source") || name.contains("poll") || name.contains("consumer")) {
      return "consume";
    }
    if (name.contains("producer") || name.contains("sink")) {
      return "produce";
    }
    return name.startsWith("data-plane") || name.contains("broker") || name.contains("kafka")
        ? "embedded broker"
        : "other: " + name.replaceAll("[0-9]+", "#");
  }
}
