package dev.millrace.pipeline.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Recognises content. A file is hashed again only where its real path, size, time or inode changed
 * since, or where it is young enough that a second write could have left them equal. One thread.
 */
final class Fingerprints {
  static final String UNREADABLE = "unreadable: ";
  private static final long YOUNG_MILLIS = 2_000;

  private record Stamped(String stamp, String hash) {}

  private final Map<Path, Stamped> known = new HashMap<>();

  /** A hash of the content that {@code file} leads to, or {@link #UNREADABLE} and why. */
  String of(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        return UNREADABLE + "is not a file";
      }
      long modified = attributes.lastModifiedTime().toMillis();
      String stamp =
          file.toRealPath()
              + "|"
              + attributes.lastModifiedTime()
              + "|"
              + attributes.size()
              + "|"
              + attributes.fileKey();
      Stamped earlier = known.get(file);
      boolean old = Math.abs(System.currentTimeMillis() - modified) > YOUNG_MILLIS;
      if (old && earlier != null && earlier.stamp().equals(stamp)) {
        return earlier.hash();
      }
      String hash = hash(file);
      known.put(file, new Stamped(stamp, hash));
      return hash;
    } catch (NoSuchFileException e) {
      return UNREADABLE + "is gone";
    } catch (IOException | SecurityException e) {
      return UNREADABLE + "cannot be read (" + e.getClass().getSimpleName() + ")";
    }
  }

  private static String hash(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[1 << 16];
      while (digest.read(buffer) >= 0) {
        continue;
      }
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
