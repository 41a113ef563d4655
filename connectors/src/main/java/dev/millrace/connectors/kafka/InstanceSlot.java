package dev.millrace.connectors.kafka;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A name for this instance that no other instance of its group on this host has, and that it gets
 * again after a restart: the host's name and the first number whose lock file is free. A process
 * that is killed lets go of its lock.
 */
final class InstanceSlot implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InstanceSlot.class);
  private static final int MOST = 256;

  private final String name;
  private final AutoCloseable lock;

  private InstanceSlot(String name, AutoCloseable lock) {
    this.name = name;
    this.lock = lock;
  }

  /**
   * @param folder of lock files, made if need be
   * @param host its name
   * @param group instances of other groups do not count
   */
  static InstanceSlot take(Path folder, String host, String group) {
    String safe = group.replaceAll("[^A-Za-z0-9._-]", "_").toLowerCase(Locale.ROOT);
    try {
      Files.createDirectories(folder);
      for (int number = 0; number < MOST; number++) {
        FileChannel file =
            FileChannel.open(
                folder.resolve(safe + "-" + Integer.toHexString(group.hashCode()) + "-" + number),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        if (locked(file)) {
          return new InstanceSlot(host + "-" + number, file);
        }
        file.close();
      }
    } catch (IOException e) {
      log.debug("No lock files in {}", folder, e);
    }
    String name = host + "-" + UUID.randomUUID();
    log.warn(
        "{} takes no lock files, so this instance is called {} and will not be after a restart:"
            + " readers of committed events then wait until its last transaction has timed out."
            + " sink.instance names it for good",
        folder,
        name);
    return new InstanceSlot(name, () -> {});
  }

  /** By a name that somebody has given it, who sees to it that no other instance has it. */
  static InstanceSlot named(String name) {
    return new InstanceSlot(name, () -> {});
  }

  private static boolean locked(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another of this process
    }
  }

  String name() {
    return name;
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (Exception e) {
      log.debug("While letting go of {}", name, e);
    }
  }
}
