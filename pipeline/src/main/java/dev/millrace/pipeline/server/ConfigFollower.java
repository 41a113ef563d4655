package dev.millrace.pipeline.server;

import dev.millrace.components.ConfigException;
import dev.millrace.pipeline.config.ConfigChange;
import dev.millrace.pipeline.config.MillraceConfig;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionManager;
import dev.millrace.pipeline.revision.RevisionState;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a request, or a refusal, of every change of the files. */
final class ConfigFollower {

  private static final Logger log = LoggerFactory.getLogger(ConfigFollower.class);

  private final Configurations configurations;
  private final RevisionManager revisions;
  private final MillraceConfig running;
  private volatile String wanted;
  private volatile String live;

  /**
   * @param first what is live now
   */
  ConfigFollower(
      Configurations configurations, RevisionManager revisions, Configurations.Read first) {
    this.configurations = configurations;
    this.revisions = revisions;
    this.running = first.config().config();
    this.wanted = first.identity();
    this.live = first.identity();
  }

  void follow(ConfigChange change) {
    try {
      act(change);
    } catch (RuntimeException e) { // a mistake of ours must not end the watch
      log.error("a change of the configuration was not followed", e);
    }
  }

  private void act(ConfigChange change) {
    if (change instanceof ConfigChange.Unreadable gone) {
      revisions.refuse(
          gone.file() + " changed",
          new ConfigException(gone.file().toString(), gone.reason(), null));
    } else if (change instanceof ConfigChange.Edited edited) {
      request(origin(edited));
    }
  }

  private void request(String origin) {
    Configurations.Read read;
    try {
      read = configurations.read(origin);
    } catch (ConfigException e) {
      revisions.refuse(origin, e);
      return;
    }
    if (read.identity().equals(wanted)) {
      log.info("{}, but means the same", origin);
      read.close();
      return;
    }
    try {
      FrozenSections.check(running, read.config().config());
    } catch (ConfigException e) {
      read.close();
      revisions.refuse(origin, read.config().tree().locate(e));
      return;
    }
    want(read.identity());
    revisions.request(read).thenAccept(end -> ended(read, end));
  }

  private synchronized void want(String identity) {
    wanted = identity;
  }

  private synchronized void ended(Configurations.Read read, Revision end) {
    if (end.state() == RevisionState.LIVE) {
      live = read.identity();
    } else {
      read.close(); // closed already, if it was built
      if (wanted.equals(read.identity())) {
        wanted = live; // so that the same may be asked for again
      }
    }
  }

  private static String origin(ConfigChange.Edited edited) {
    return edited.files().stream()
            .map(Path::getFileName)
            .map(String::valueOf)
            .sorted()
            .collect(Collectors.joining(", "))
        + " changed";
  }
}
