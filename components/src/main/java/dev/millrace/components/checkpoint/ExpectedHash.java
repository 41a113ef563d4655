package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says of a file's hash: all of it, its start in the name of an address, or
 * nothing.
 *
 * @param sha256 lower case
 * @param inName counts where there is no {@code sha256}
 */
record ExpectedHash(@Nullable String sha256, @Nullable HashInName inName) {

  static ExpectedHash of(WeightsConfig config) {
    return config.sha256() != null
        ? new ExpectedHash(config.sha256().toLowerCase(Locale.ROOT), null)
        : new ExpectedHash(
            null, config.url() == null ? null : HashInName.of(config.url()).orElse(null));
  }

  /** Whether nothing is known of it. */
  boolean isUnknown() {
    return sha256 == null && inName == null;
  }

  /** The folder of a cache that files with this hash are kept in. */
  String folder() {
    return sha256 != null
        ? sha256
        : inName == null ? "unknown" : inName.algorithm() + "-" + inName.prefix();
  }

  /**
   * What is wrong with a file, or empty if it is the one.
   *
   * @param found its SHA-256
   */
  Optional<String> objection(Path file, String found) throws IOException {
    if (sha256 != null) {
      return sha256.equals(found)
          ? Optional.empty()
          : Optional.of("has sha256 " + found + ", expected " + sha256);
    }
    return inName == null ? Optional.empty() : inName.objection(file);
  }

  /** As part of a sentence: {@code with sha256 a83b...}. */
  String described() {
    return sha256 != null
        ? "with sha256 " + sha256
        : inName == null
            ? "with any hash"
            : "whose " + inName.algorithm() + " begins with " + inName.prefix();
  }
}
